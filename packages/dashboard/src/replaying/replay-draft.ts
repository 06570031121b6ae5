/** A replay as it is typed into a form, and the request that it makes. */
import type { ReplayedKind, ReplayRequest } from '@hookpulse/api/updates';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { localDateTime, momentOfLocal, NO_MOMENT } from '../format/times.ts';

export interface ReplayDraft {
  /** In the viewer's zone, as a field of date and time has it. */
  readonly from: string;
  readonly to: string;
  readonly only: ReplayedKind;
}

export type ReplayOutcome =
  | { readonly kind: 'request'; readonly request: ReplayRequest }
  | { readonly kind: 'bad'; readonly problems: ReplayProblems };

export interface ReplayProblems {
  readonly from?: string;
  readonly to?: string;
}

export function draftOfLastHour(nowMs: number): ReplayDraft {
  // Such a field has whole minutes: those of the present one belong to it.
  const to = localDateTime(nowMs + MINUTE_MS);
  return { from: localDateTime(nowMs - HOUR_MS), to, only: 'failed' };
}

/** No update that comes after `nowMs` is counted. */
export function replayOutcome(
  botId: string,
  { from, to, only }: ReplayDraft,
  nowMs: number,
): ReplayOutcome {
  const fromMs = momentOfLocal(from);
  const toMs = momentOfLocal(to);
  if (fromMs !== null && toMs !== null) {
    const until = iso(Math.min(toMs, nowMs));
    return { kind: 'request', request: { bot_id: botId, from: iso(fromMs), to: until, only } };
  }
  return {
    kind: 'bad',
    problems: {
      ...(fromMs === null ? { from: NO_MOMENT } : {}),
      ...(toMs === null ? { to: NO_MOMENT } : {}),
    },
  };
}
