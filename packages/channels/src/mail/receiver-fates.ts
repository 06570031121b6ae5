/** Each receiver's fate is its own: what an attempt made of them, and what that is for the mail. */
import type { MailOutcome } from './mail.ts';

export interface ReceiverFate {
  /** As written in the mail's `to`. */
  readonly receiver: string;
  readonly kind: 'accepted' | 'refused' | 'later';
  /** In words, by whom and why. */
  readonly detail: string;
}

/** @param fates - of all receivers, at least one */
export function outcomeOf(fates: readonly ReceiverFate[]): MailOutcome {
  const left = fates.filter(({ kind }) => kind === 'later');
  const refused = fates.filter(({ kind }) => kind === 'refused');
  const taken = fates.filter(({ kind }) => kind === 'accepted').map(({ receiver }) => receiver);
  if (left.length > 0) {
    const detail = told([...left, ...refused], fates.length);
    return { kind: 'later', detail, leftTo: left.map(({ receiver }) => receiver), taken };
  }
  if (refused.length === fates.length) {
    return { kind: 'refused', detail: told(refused, fates.length) };
  }
  return {
    kind: 'accepted',
    taken,
    detail: refused.length > 0 ? told(refused, fates.length) : told(fates, fates.length),
  };
}

/** What is said of all of several receivers needs no names. */
function told(fates: readonly ReceiverFate[], receivers: number): string {
  const byDetail = Map.groupBy(fates, ({ kind, detail }) => `${kind} ${detail}`);
  if (byDetail.size === 1 && fates.length === receivers) return fates[0]?.detail ?? '';
  return [...byDetail.values()].map(sentence).join('; ');
}

function sentence(fates: readonly ReceiverFate[]): string {
  const names = fates.map(({ receiver }) => receiver).join(', ');
  const [first] = fates;
  const prefix = first?.kind === 'refused' ? 'refused for good: ' : '';
  return `${prefix}${names}: ${first?.detail ?? ''}`;
}
