/** `forwarding_stuck`: an update has waited too long to be handed to its bot (contract, section 8). */
import Type from 'typebox';
import { formatSpan } from './format-span.ts';
import { COMMON_SETTINGS, type JudgedBot, NEAR_LINE, type Rule } from './rule.ts';

const MS_PER_SECOND = 1_000;
const DEFAULT_MAX_AGE_SECONDS = 300;

const Settings = Type.Object(
  {
    ...COMMON_SETTINGS,
    max_age_seconds: Type.Integer({
      minimum: 1,
      maximum: 86_400,
      title: 'Fires when an update waits for over',
      'x-unit': 'seconds',
      description: 'seconds after which an update that waits to be forwarded makes it fire',
    }),
  },
  { title: 'Forwarding stuck' },
);

export const forwardingStuck: Rule<typeof Settings> = {
  settings: Settings,
  icon: '📪',
  title: 'Updates Wait for the Bot',
  meaning: 'The oldest update that waits to be forwarded to the bot is older than the limit.',
  firstChecks: [
    "Is the bot's own server up, and does it answer with 2xx in time? The bot's page shows what it answered last.",
    'Is forwarding paused? Resume it on the bot\'s page, or with "npx hookpulse bot resume".',
    'Does forward.url still lead to the bot?',
  ],
  gauge: {
    title: 'Age of the oldest update that waits',
    unit: 'seconds',
    read: ({ oldest_age_seconds = 0, max_age_seconds = 0 }) => ({
      value: oldest_age_seconds,
      line: max_age_seconds,
    }),
  },
  mailHasFooter: true,
  defaultsFrom: (environment) => ({
    enabled: true,
    repeat_after_minutes: environment.repeatAfterMinutes,
    max_age_seconds: DEFAULT_MAX_AGE_SECONDS,
  }),
  holds: (_facts, { max_age_seconds }, bot, { nowMs }) =>
    oldestAgeMs(bot, nowMs) > max_age_seconds * MS_PER_SECOND,
  // What the forwarder says is evidence. A backlog whose age is near the line may cross it again, and
  // where the last update that waited was given up, nothing says that the bot takes the next one.
  ending(_facts, { max_age_seconds }, bot, { nowMs }) {
    const isNear = oldestAgeMs(bot, nowMs) > max_age_seconds * MS_PER_SECOND * NEAR_LINE;
    return isNear || bot.forwarding?.isFailing ? 'unknown' : 'clear';
  },
  describe(_facts, { max_age_seconds }, bot, { nowMs }) {
    const ageSeconds = Math.floor(oldestAgeMs(bot, nowMs) / MS_PER_SECOND);
    const backlog = bot.forwarding?.backlog ?? 0;
    return {
      sentence: `Bot "${bot.name}" ${waiting(bot, nowMs)}.`,
      severity: ageSeconds,
      facts: { oldest_age_seconds: ageSeconds, backlog, max_age_seconds },
    };
  },
  brief: ({ oldest_age_seconds: seconds = 0, backlog = 0 }) =>
    `oldest update waits for ${formatSpan(seconds * MS_PER_SECOND)} (${backlog} waiting)`,
};

/** 0 where nothing waits. */
function oldestAgeMs({ forwarding }: JudgedBot, nowMs: number): number {
  const oldestMs = forwarding?.oldestMs ?? null;
  return oldestMs === null ? 0 : Math.max(nowMs - oldestMs, 0);
}

function waiting(bot: JudgedBot, nowMs: number): string {
  const { forwarding } = bot;
  if (!forwarding || forwarding.oldestMs === null) return 'has no update that waits for it';
  const { backlog, isPaused } = forwarding;
  const count = backlog === 1 ? '1 update waits' : `${backlog} updates wait`;
  const age = formatSpan(oldestAgeMs(bot, nowMs));
  const pause = isPaused ? ', and forwarding is paused' : '';
  return `has not taken an update for ${age}: ${count}${pause}`;
}
