/**
 * How the condition of an alert went: the rule itself, asked again at every step with what the slices
 * of its sliding window add up to. It says what the alerter saw, but for what only the alerter knows:
 * events of slow clocks by the time of the log, and when Hookpulse did not listen.
 */
import type { PastTransition } from '@hookpulse/common/alerts/alert';
import type { JudgedBot, WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import {
  describeByRule,
  overrideRules,
  RULES,
  type RuleName,
  type RuleSettings,
  ruleHolds,
} from '@hookpulse/common/alerts/rules/rules';
import { MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { firstIndex } from '@hookpulse/common/values/first-index';
import { iso } from '@hookpulse/common/values/iso';
import {
  addCounters,
  type Counters,
  emptyCounters,
  errorsOf,
  eventsOf,
} from '@hookpulse/common/windows/counters';
import { SLICE_MS, SLICES_KEPT_MS, windowStart } from '@hookpulse/common/windows/window';

/** A bot's ten seconds. */
export interface SliceFacts {
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly counters: Readonly<Counters>;
  /** Events with a processing time. */
  readonly measured: number;
  readonly lastEventMs: number;
  /** How many of those took longer. */
  slowerThan(limitMs: number): number;
}

export interface JudgedAlert {
  readonly rule: RuleName;
  readonly botName: string;
  /** Milliseconds since the epoch. */
  readonly firedAtMs: number;
  /** When it was over; null: it fires. */
  readonly endMs: number | null;
  /** In their order, one at least. */
  readonly transitions: readonly Pick<PastTransition, 'transition' | 'at' | 'facts'>[];
}

export interface ConditionTerms {
  /** In force now. The limits of then are in the facts of each transition. */
  readonly settings: RuleSettings;
  /** Since when the bot is enabled, milliseconds since the epoch; null: it is gone. */
  readonly enabledSinceMs: number | null;
  /** The first event that is known since then, milliseconds since the epoch; null: none is. */
  readonly heardMs: number | null;
  readonly windowMs: number;
  readonly nowMs: number;
}

/** What is drawn, and what of it slices are to be read for. Milliseconds since the epoch. */
export interface ConditionSpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** Start of the first slice that is needed. */
  readonly slicesFromMs: number;
  /** Whether the rule measures processing times, so that digests are read. */
  readonly needsDigests: boolean;
}

export interface ConditionPoint {
  readonly at: string;
  readonly value: number;
  readonly line: number;
  readonly holds: boolean;
}

/** Before it fired, and after its end: two windows as a rule. */
const MARGIN_MS = 30 * MINUTE_MS;
/** So that a chart has no more points than pixels, and an answer some 100 kB. */
const MAX_POINTS = 1_600;

/** Null: nothing is kept of it, or of what the rule measures. */
export function conditionSpan(
  { rule, firedAtMs, endMs, transitions }: JudgedAlert,
  { windowMs, nowMs }: ConditionTerms,
): ConditionSpan | null {
  // Nothing is stored of what waits to be forwarded.
  if (rule === 'forwarding_stuck') return null;
  const oldestMs = nowMs - SLICES_KEPT_MS + windowMs;
  const fromMs = Math.max(firedAtMs - MARGIN_MS, oldestMs);
  const toMs = Math.min((endMs ?? nowMs) + MARGIN_MS, nowMs);
  if (fromMs >= toMs) return null;
  const isSharp = windowMs < MINUTE_MS && (toMs - fromMs) / SLICE_MS <= MAX_POINTS;
  const stepMs = isSharp ? SLICE_MS : MINUTE_MS;
  const lookBackMs = Math.max(windowMs, silenceOf(transitions) * SECOND_MS);
  return {
    fromMs: windowStart(fromMs + stepMs - 1, stepMs),
    toMs,
    stepMs,
    slicesFromMs: windowStart(Math.max(fromMs - lookBackMs, nowMs - SLICES_KEPT_MS), SLICE_MS),
    needsDigests: rule === 'slow_processing',
  };
}

/** @param slices - of the span, in order of time */
export function conditionPoints(
  alert: JudgedAlert,
  terms: ConditionTerms,
  span: ConditionSpan,
  slices: readonly SliceFacts[],
): ConditionPoint[] {
  const { rule } = alert;
  const { windowMs } = terms;
  const watchedSinceMs = watchedSince(alert, terms);
  const own = slices.filter(({ startMs }) => startMs + SLICE_MS > watchedSinceMs);
  const lastLimitMs = lastLimit(alert);
  const points: ConditionPoint[] = [];
  for (let atMs = span.fromMs; atMs <= span.toMs; atMs += span.stepMs) {
    const settings = settingsAt(atMs, alert, terms.settings);
    // Switched off by then, what is measured still goes by the limit that the alert fired by.
    const limitMs = settings.slow_processing.limit_ms ?? lastLimitMs;
    const found = factsAt(atMs, own, windowMs, span.needsDigests ? limitMs : null);
    const seen = { ...found, lastEventMs: found.lastEventMs ?? heardBefore(atMs, alert) };
    const isHeard = isHeardBy(atMs, seen.lastEventMs, alert, terms);
    const bot: JudgedBot = { name: alert.botName, watchedSinceMs, isHeard, forwarding: null };
    const at = { nowMs: atMs, knownSinceMs: span.slicesFromMs, windowMs, absences: [] };
    const { facts } = describeByRule(rule, seen, settings, bot, at);
    const holds = ruleHolds(rule, seen, settings, bot, at);
    points.push({ at: iso(atMs), ...RULES[rule].gauge.read(facts), holds });
  }
  return points;
}

/** What the window that ends with a moment holds; its first slice counts whole. */
function factsAt(
  atMs: number,
  slices: readonly SliceFacts[],
  windowMs: number,
  limitMs: number | null,
): WindowFacts {
  const fromMs = windowStart(atMs - windowMs, SLICE_MS);
  const end = firstFrom(slices, atMs);
  const within = slices.slice(firstFrom(slices, fromMs), end);
  const counters = emptyCounters();
  let [measured, slow] = [0, 0];
  for (const slice of within) {
    addCounters(counters, slice.counters);
    measured += slice.measured;
    if (limitMs !== null) slow += slice.slowerThan(limitMs);
  }
  return {
    events: eventsOf(counters),
    errors: errorsOf(counters),
    signatureFailures: counters.signature_validation_failures,
    measured,
    slow,
    lastEventMs: slices[end - 1]?.lastEventMs ?? null,
  };
}

/** The index of the first slice that starts at a moment or after it. */
function firstFrom(slices: readonly SliceFacts[], momentMs: number): number {
  return firstIndex(slices.length, (i) => (slices[i]?.startMs ?? 0) >= momentMs);
}

/** Limits are among the facts of a transition by the names that they are set by. */
function settingsAt(
  atMs: number,
  { rule, transitions }: JudgedAlert,
  settings: RuleSettings,
): RuleSettings {
  const newest = transitions.findLast(({ at }) => Date.parse(at) <= atMs) ?? transitions[0];
  const names = Object.keys(settings[rule]);
  const limits = Object.entries(newest?.facts ?? {})
    .filter(([name]) => names.includes(name))
    // The fact of a rule that is off: 0 is no limit that can be set.
    .map(([name, limit]) => [name, name === 'limit_ms' && limit === 0 ? null : limit]);
  // Switched off since, it was on when it fired.
  return overrideRules(settings, { [rule]: { ...Object.fromEntries(limits), enabled: true } });
}

/** The newest limit of a processing time that the alert was judged by; null: it tells none. */
function lastLimit({ transitions }: JudgedAlert): number | null {
  return transitions.findLast(({ facts }) => (facts.limit_ms ?? 0) > 0)?.facts.limit_ms ?? null;
}

/** Enabled again later, nothing tells since when it was enabled then: 0. */
function watchedSince({ firedAtMs }: JudgedAlert, { enabledSinceMs }: ConditionTerms): number {
  return enabledSinceMs !== null && enabledSinceMs <= firedAtMs ? enabledSinceMs : 0;
}

/** Whether the bot had had an event by then. Where the first one is not known, it had. */
function isHeardBy(
  atMs: number,
  lastEventMs: number | null,
  { firedAtMs }: JudgedAlert,
  { heardMs }: ConditionTerms,
): boolean {
  // Heard after the alert, it was enabled again meanwhile: this was not the first event of then.
  if (heardMs === null || heardMs > firedAtMs) return true;
  return heardMs <= atMs || lastEventMs !== null;
}

/** The last event before the alert, as the alert told it; null: not by then. */
function heardBefore(atMs: number, { firedAtMs, transitions }: JudgedAlert): number | null {
  const silentSeconds = transitions[0]?.facts.silent_seconds;
  if (silentSeconds === undefined) return null;
  const heardMs = firedAtMs - silentSeconds * SECOND_MS;
  return heardMs <= atMs ? heardMs : null;
}

function silenceOf(transitions: JudgedAlert['transitions']): number {
  return Math.max(0, ...transitions.map(({ facts }) => facts.after_seconds ?? 0));
}
