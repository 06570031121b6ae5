/** What every alert rule is: a pure condition, its settings, and its words. */
import Type, { type Static, type TObject } from 'typebox';
import type { Absence } from './listening.ts';

/** What a bot's sliding window holds, as of one moment. */
export interface WindowFacts {
  /** By the contract's counting: one update reported twice is one event. */
  readonly events: number;
  readonly errors: number;
  readonly signatureFailures: number;
  /** Events that carry a processing time, and those of them that took longer than the bot's limit. */
  readonly measured: number;
  readonly slow: number;
  /** Latest event time ever seen, milliseconds since the epoch; null: none since long before. */
  readonly lastEventMs: number | null;
}

/** What of a bot its rules are told. */
export interface JudgedBot {
  readonly name: string;
  /** Since when it has been enabled, milliseconds since the epoch. */
  readonly watchedSinceMs: number;
  /** Whether it has had an event since then; before that it waits for its first delivery. */
  readonly isHeard: boolean;
  /** Null: nothing was ever forwarded to it, or it no longer is. */
  readonly forwarding: JudgedForwarding | null;
}

/** What waits to be forwarded to a bot, as the forwarder last said. */
export interface JudgedForwarding {
  /** When the log took the oldest of it, milliseconds since the epoch; null: nothing waits. */
  readonly oldestMs: number | null;
  readonly backlog: number;
  readonly isPaused: boolean;
  /** The bot has taken none for a while (`failing`), and is tried by one connection. */
  readonly isFailing: boolean;
}

export interface JudgedMoment {
  /** Up to this moment the log is known, milliseconds since the epoch. */
  readonly nowMs: number;
  /** And from this one on. Never later than any rule looks back. */
  readonly knownSinceMs: number;
  readonly windowMs: number;
  /** When Hookpulse did not listen, in their order: that time is no bot's silence. */
  readonly absences: readonly Absence[];
}

/** What there is to say about a bot by one rule. */
export interface Description {
  /** One sentence that is true now, whether the rule holds or not. */
  readonly sentence: string;
  /** Larger is worse, among alerts of the same rule. */
  readonly severity: number;
  readonly facts: Readonly<Record<string, number>>;
}

/** What the environment sets for all bots; what else there is to set has a default in its rule. */
export interface EnvironmentDefaults {
  readonly windowMs: number;
  readonly errorRateThreshold: number;
  readonly minEvents: number;
  readonly signatureFailureThreshold: number;
  readonly repeatAfterMinutes: number;
  readonly noTrafficRepeatAfterMinutes: number;
  /** Null: as long as the window. */
  readonly noTrafficAfterSeconds: number | null;
  /** Null: `slow_processing` is off. */
  readonly slowProcessingLimitMs: number | null;
}

/**
 * Settings that every rule has. Of each number that a rule is set by, `title` names it in a form and `x-unit` is its unit;
 * a `ratio` is 0 to 1, and typed in per cent.
 */
export const COMMON_SETTINGS = {
  enabled: Type.Boolean({ description: 'true or false; false: the rule is not evaluated' }),
  repeat_after_minutes: Type.Number({
    minimum: 1,
    maximum: 10_080,
    title: 'Repeat mails every',
    'x-unit': 'minutes',
    description: 'minutes after which a mail says that the alert still fires',
  }),
};

/** The schema of a rule's settings, whole: what is in force for a bot. */
type SettingsSchema = TObject<typeof COMMON_SETTINGS>;

/**
 * A share that chance moves about its line crosses it many times an hour, and stays on one side for
 * longer than a minute. What fires by a share is near its line until it is under so much of it
 * (measured in decision 13: three to four alerts an hour without, one with it).
 */
export const NEAR_LINE = 0.8;

/**
 * What there is to say of an alert that fires when its rule does not hold any more:
 * - `failing`: there is too little for the rule to hold, and what there is still fails;
 * - `unknown`: too little is known to say that it is over, or it is too near its line;
 * - `too_few`: nothing says that it goes on, and more events of that kind would say that it is over;
 * - `clear`: it is over, and there are events that show it.
 */
export type Ending = 'failing' | 'unknown' | 'too_few' | 'clear';

/**
 * The ending of a rule that looks at a share of some events. What a share is can be known only from as
 * many events as the rule needs: of fewer, those that fail are enough to say that it goes on, and
 * those that do not are not enough to say that it is over.
 */
export function endingOfShare(
  { count, failed }: { readonly count: number; readonly failed: number },
  { line, minCount }: { readonly line: number; readonly minCount: number },
): Ending {
  const isNear = count > 0 && failed / count > line * NEAR_LINE;
  if (count <= minCount) return isNear ? 'failing' : 'too_few';
  return isNear ? 'unknown' : 'clear';
}

/** The value that a rule compares with its threshold, for a chart over time. */
export interface Gauge {
  /** Names the number: "Error rate". */
  readonly title: string;
  readonly unit: 'ratio' | 'count' | 'seconds';
  /** Of facts that `describe` returned. Where the rule holds, the value is at the line or above it. */
  read(facts: Readonly<Record<string, number>>): { readonly value: number; readonly line: number };
}

export interface Rule<Schema extends SettingsSchema> extends RuleFor<Static<Schema>> {
  readonly settings: Schema;
}

/** A rule as it is judged and told by settings that are checked. */
export interface RuleFor<Settings> {
  /** Begins the subject of its mails. */
  readonly icon: string;
  /** Names it in subjects: "High Webhook Error Rate". */
  readonly title: string;
  /** What the rule watches, in a sentence for people who set it. */
  readonly meaning: string;
  /** What to look at first when it fires; none: the reason says it all. */
  readonly firstChecks: readonly string[];
  readonly gauge: Gauge;
  /** Whether its firing mail ends with the bot's id and the time (the contract has it for each rule). */
  readonly mailHasFooter: boolean;
  defaultsFrom(environment: EnvironmentDefaults): Settings;
  /** Whether to alert. Asked of every bot about once a second: no words are made here. */
  holds(facts: WindowFacts, settings: Settings, bot: JudgedBot, at: JudgedMoment): boolean;
  /** Asked of an alert that fires, when the rule does not hold. */
  ending(facts: WindowFacts, settings: Settings, bot: JudgedBot, at: JudgedMoment): Ending;
  describe(facts: WindowFacts, settings: Settings, bot: JudgedBot, at: JudgedMoment): Description;
  /** The reason of a mail that tells of several bots is shorter: no name, one line. */
  brief(facts: Readonly<Record<string, number>>): string;
}
