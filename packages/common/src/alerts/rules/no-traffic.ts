/** `no_traffic`: a bot that should have events has none (contract, section 7). */
import Type from 'typebox';
import { formatLast, formatSpan } from './format-span.ts';
import { listenedMs, listeningForMs, toldToMs } from './listening.ts';
import {
  COMMON_SETTINGS,
  type JudgedBot,
  type JudgedMoment,
  type Rule,
  type WindowFacts,
} from './rule.ts';

const MS_PER_SECOND = 1_000;
const MS_PER_MINUTE = 60_000;

const Settings = Type.Object(
  {
    ...COMMON_SETTINGS,
    after_seconds: Type.Integer({
      minimum: 1,
      maximum: 86_400,
      title: 'Fires after',
      'x-unit': 'seconds',
      description: 'seconds without any event after which it fires',
    }),
  },
  { title: 'No traffic' },
);

export const noTraffic: Rule<typeof Settings> = {
  settings: Settings,
  icon: '⚠️',
  title: 'No Webhook Traffic',
  meaning: 'The bot has had no event for longer than the limit.',
  firstChecks: [
    "Does Telegram know the webhook? Ask the bot's getWebhookInfo for its url and last_error_message.",
    'Does the address answer? The certificate, the DNS name and the proxy in front of ingest must let Telegram in.',
    'Is anybody writing to the bot? Send it a message and look for its event.',
  ],
  gauge: {
    title: 'Time without events',
    unit: 'seconds',
    read: ({ silent_seconds = 0, after_seconds = 0 }) => ({
      value: silent_seconds,
      line: after_seconds,
    }),
  },
  mailHasFooter: true,
  defaultsFrom: (environment) => ({
    enabled: true,
    repeat_after_minutes: environment.noTrafficRepeatAfterMinutes,
    after_seconds:
      environment.noTrafficAfterSeconds ?? Math.round(environment.windowMs / MS_PER_SECOND),
  }),
  holds(facts, { after_seconds }, bot, at) {
    const afterMs = after_seconds * MS_PER_SECOND;
    // After an absence Telegram has up to two minutes to come back, and the bot a window of its own.
    const isListening = listeningForMs(at.nowMs, at.absences) >= Math.min(afterMs, at.windowMs);
    return bot.isHeard && isListening && silentFor(facts, bot, at) >= afterMs;
  },
  // Only traffic shows that there is traffic: an absence of Hookpulse shows nothing.
  ending: ({ lastEventMs }, { after_seconds }, { watchedSinceMs }, { nowMs, absences }) =>
    lastEventMs !== null &&
    lastEventMs >= watchedSinceMs &&
    toldToMs(nowMs, absences) - lastEventMs < after_seconds * MS_PER_SECOND
      ? 'clear'
      : 'unknown',
  describe(facts, { after_seconds }, bot, at) {
    const afterMs = after_seconds * MS_PER_SECOND;
    const silentMs = silentFor(facts, bot, at);
    return {
      sentence: `Bot "${bot.name}" ${traffic(facts, bot, at, afterMs)}.`,
      severity: silentMs,
      facts: { silent_seconds: Math.floor(silentMs / MS_PER_SECOND), after_seconds },
    };
  },
  brief: ({ silent_seconds: seconds = 0 }) =>
    `no events for ${formatSpan(seconds * MS_PER_SECOND)}`,
};

function traffic(facts: WindowFacts, bot: JudgedBot, at: JudgedMoment, afterMs: number): string {
  const { lastEventMs } = facts;
  const silentMs = silentFor(facts, bot, at);
  const isMoreUnknown = lastEventMs === null && at.knownSinceMs > bot.watchedSinceMs;
  if (silentMs >= afterMs || isMoreUnknown) {
    const wholeMinutesMs = silentMs - (silentMs % MS_PER_MINUTE);
    const shownMs = Math.max(wholeMinutesMs, Math.min(silentMs, afterMs));
    return `has had no webhook traffic in the last ${formatLast(shownMs)}`;
  }
  const isHeard = lastEventMs !== null && lastEventMs >= bot.watchedSinceMs;
  return isHeard
    ? `has webhook traffic: its last event was ${formatSpan(silentMs)} ago`
    : `has been enabled for ${formatSpan(silentMs)} only`;
}

/**
 * Milliseconds since the last event, or since the bot is watched, in which it was listened. Where no
 * event was read, it may have been silent for longer than the log was read, and nobody knows.
 */
function silentFor(
  { lastEventMs }: WindowFacts,
  { watchedSinceMs }: JudgedBot,
  { nowMs, knownSinceMs, absences }: JudgedMoment,
): number {
  const fromMs = Math.max(lastEventMs ?? knownSinceMs, watchedSinceMs);
  return listenedMs({ fromMs, toMs: nowMs }, absences);
}
