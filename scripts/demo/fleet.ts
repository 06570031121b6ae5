/** The fleet of the demo: two dozen bots as companies have them, each with a character of its own. */
import { BOT_ERRORS, type BotErrorKind } from '@hookpulse/traffic/bot-work';
import type { Character, Trouble } from './character.ts';

/** When the payments bot was deployed: its alert fires while somebody looks at the demo. */
export const INCIDENT_MINUTE = -4;
const FOR_GOOD = Number.POSITIVE_INFINITY;
const HOUR = 60;

/** What a healthy bot is like; at night some are silent for longer than a quarter of an hour. */
const HEALTHY = {
  peakHour: null,
  errorShare: 0.002,
  slowShare: 0.004,
  errors: BOT_ERRORS,
  troubles: [],
  alerts: { no_traffic: { after_seconds: 3_600 } },
  isEnabled: true,
} as const;

const DATABASE: readonly BotErrorKind[] = [
  one('DatabaseError', 'remaining connection slots are reserved for superusers'),
];
const PAYMENT: readonly BotErrorKind[] = [
  one('Timeout', 'the payment gateway did not answer in 10 s'),
];
const FLOOD: readonly BotErrorKind[] = [
  one('TelegramRetryAfter', 'Too Many Requests: retry after 27'),
];
/** What version 2.3 of the payments bot makes of an amount as people write it. */
const AMOUNTS: readonly BotErrorKind[] = ['12,50 €', '7,00 €', '129,90 €', '1 050 €'].map(
  (amount) => one('ValueError', `cannot read amount: '${amount}'`),
);
const RELEASE: readonly BotErrorKind[] = [
  one('KeyError', "'delivery_slot'"),
  one('TelegramBadRequest', "Bad Request: can't parse entities: unclosed tag at byte offset 118"),
];

export const FLEET: readonly Character[] = [
  bot('pizza-orders', 'Pizza orders', 190, 38, { peakHour: 18 }),
  bot('parcel-tracker', 'Parcel tracker', 180, 52, {
    peakHour: 11,
    troubles: [errors(-27 * HOUR, 35, 0.4, RELEASE)],
  }),
  bot('support-desk', 'Support desk', 150, 95, {
    troubles: [errors(-45 * HOUR, 25, 0.3, DATABASE), errors(-118 * HOUR, 40, 0.22, RELEASE)],
  }),
  bot('weather-now', 'Weather now', 170, 24, {
    peakHour: 7,
    troubles: [silence(-130 * HOUR, 110)],
  }),
  // The incident: since a deployment some minutes ago its handler of callback queries fails.
  bot('payments', 'Payments', 600, 120, {
    troubles: [
      errors(-76 * HOUR, 50, 0.45, PAYMENT),
      errors(INCIDENT_MINUTE, FOR_GOOD, 0.97, AMOUNTS, 'callback_query'),
    ],
  }),
  bot('news-digest', 'News digest', 90, 33, { peakHour: 6 }),
  bot('quiz-night', 'Quiz night', 180, 41, {
    troubles: [errors(2, 9, 0.5, FLOOD), errors(40, 9, 0.5, FLOOD)],
  }),
  bot('translator', 'Translator', 85, 240, {}),
  // Slow at its p95: pictures take seconds.
  bot('image-studio', 'Image studio', 90, 420, {
    slowShare: 0.01,
    troubles: [slow(-28 * HOUR, 90), slow(-40, FOR_GOOD)],
    alerts: { ...HEALTHY.alerts, slow_processing: { limit_ms: 2_000 } },
  }),
  // Degraded: it is told to wait by Telegram now and then, and everybody knows.
  bot('flight-deals', 'Flight deals', 190, 61, {
    errorShare: 0.07,
    errors: FLOOD,
    alerts: { ...HEALTHY.alerts, high_error_rate: { threshold: 0.4 } },
  }),
  // Unhealthy: its database has no connections left.
  bot('invoices', 'Invoices', 100, 88, {
    troubles: [errors(-26, FOR_GOOD, 0.34, DATABASE), errors(-98 * HOUR, 30, 0.4, DATABASE)],
  }),
  // Silent: nothing has come for two hours.
  bot('warehouse', 'Warehouse', 70, 47, { troubles: [silence(-125, FOR_GOOD)] }),
  // Somebody posts to its address without knowing its secret.
  bot('door-bell', 'Door bell', 60, 29, {
    troubles: [forgeries(-33 * HOUR, 45), forgeries(-20, FOR_GOOD)],
  }),
  bot('event-tickets', 'Event tickets', 90, 57, {
    troubles: [errors(-19 * HOUR, 35, 0.6, PAYMENT)],
  }),
  bot('hr-helpdesk', 'HR helpdesk', 50, 110, {
    peakHour: 11,
    alerts: { no_traffic: { enabled: false } },
  }),
  bot('night-watch', 'Night watch', 50, 31, {
    peakHour: 1,
    alerts: { no_traffic: { enabled: false } },
  }),
  bot('price-watch', 'Price watch', 75, 44, {}),
  bot('language-tutor', 'Language tutor', 75, 180, { peakHour: 19 }),
  bot('fitness-coach', 'Fitness coach', 70, 36, { peakHour: 5 }),
  bot('recipe-box', 'Recipe box', 70, 42, { peakHour: 16 }),
  bot('parking', 'Parking', 60, 27, {
    troubles: [errors(-9 * HOUR, 20, 0.35, RELEASE)],
  }),
  bot('polls', 'Polls and votes', 70, 30, {}),
  bot('chess-club', 'Chess club', 60, 35, { peakHour: 21 }),
  bot('legacy-import', 'Legacy import', 40, 300, {
    troubles: [silence(-50 * HOUR, FOR_GOOD)],
    isEnabled: false,
  }),
];

function bot(
  botId: string,
  name: string,
  perHour: number,
  medianMs: number,
  differences: Partial<Omit<Character, 'botId' | 'name' | 'perHour' | 'medianMs'>>,
): Character {
  return { ...HEALTHY, botId, name, perHour, medianMs, ...differences };
}

function one(error_type: string, error_message: string): BotErrorKind {
  return { error_type, error_message, weight: 1 };
}

function span(fromMinute: number, minutes: number) {
  return { fromMinute, toMinute: fromMinute + minutes };
}

function errors(
  fromMinute: number,
  minutes: number,
  share: number,
  kinds: readonly BotErrorKind[],
  updateType: string | null = null,
): Trouble {
  return { ...span(fromMinute, minutes), kind: 'errors', share, errors: kinds, updateType };
}

function slow(fromMinute: number, minutes: number): Trouble {
  return { ...span(fromMinute, minutes), kind: 'slow', share: 0.16 };
}

function silence(fromMinute: number, minutes: number): Trouble {
  return { ...span(fromMinute, minutes), kind: 'silence' };
}

function forgeries(fromMinute: number, minutes: number): Trouble {
  return { ...span(fromMinute, minutes), kind: 'forgeries', perHour: 50 };
}
