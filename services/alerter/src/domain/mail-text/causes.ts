/** What a mail says about causes: the sentence that leads, and the three largest groups of errors. */
import { causeSentence, errorTitle } from '@hookpulse/common/events/cause-words';
import type { ErrorCause } from '@hookpulse/common/events/error-cause';
import { errorRate, formatRate } from '@hookpulse/common/windows/counters';
import type { MailCauses, ToldTransition } from './mail-content.ts';
import { oneLine, utcTime } from './mail-words.ts';

const MAX_CAUSES = 3;

/** Null: there is nothing to name. Of an alert that is over the cause is no news. */
export function mailCauses(
  items: readonly Pick<ToldTransition, 'transition' | 'at' | 'causes'>[],
): MailCauses | null {
  const open = items.filter(({ transition }) => transition !== 'resolved');
  const causes = largest(open.flatMap((item) => item.causes ?? []));
  const failures = open.reduce((sum, item) => sum + mostFailures(item.causes ?? []), 0);
  const [first] = causes;
  if (first === undefined) return null;
  // Of several alerts the share is of the failures of all, as in the rows.
  const leading = open.length > 1 ? { ...first, failures } : first;
  const day = dayOf(open.map(({ at }) => at).reduce((a, b) => (a > b ? a : b)));
  return {
    lead: oneLine(causeSentence(leading, (at) => `${timeSeenFrom(day, at)} (UTC)`)),
    rows: causes.map((cause) => oneLine(`${errorTitle(cause)}: ${shareText(cause, failures)}`)),
  };
}

/** `22:10`; with its date when that is another day. */
function timeSeenFrom(day: string, at: string): string {
  const [date, time] = [dayOf(at), utcTime(at).slice(11, 16)];
  return date === day ? time : `${date} ${time}`;
}

/** `2026-02-10`, in UTC. */
function dayOf(at: string): string {
  return utcTime(at).slice(0, 10);
}

/** Of a bot in its window: each cause knows those since it began. */
function mostFailures(causes: readonly ErrorCause[]): number {
  return Math.max(0, ...causes.map(({ failures }) => failures));
}

function shareText({ count }: ErrorCause, failures: number): string {
  return `${count} of ${failures} failures (${formatRate(errorRate(count, failures))})`;
}

/** Of several bots those with one fingerprint are one. */
function largest(causes: readonly ErrorCause[]): ErrorCause[] {
  const groups = new Map<string, ErrorCause>();
  for (const cause of causes) {
    const known = groups.get(cause.fingerprint);
    groups.set(cause.fingerprint, known ? merged(known, cause) : cause);
  }
  return [...groups.values()]
    .toSorted((a, b) => b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1))
    .slice(0, MAX_CAUSES);
}

function merged(a: ErrorCause, b: ErrorCause): ErrorCause {
  const since = a.since === null || b.since === null || a.since < b.since ? a.since : b.since;
  return {
    ...a,
    count: a.count + b.count,
    failures: a.failures + b.failures,
    since: b.since === null ? null : since,
    update_types: [...new Set([...a.update_types, ...b.update_types])].toSorted(),
  };
}
