/**
 * The last message below a position in one text column: its fingerprint, and its offset where that is
 * not just below the position. Releases that knew no such offsets read the usual form.
 */
import type { FoldPosition, LastMessage } from '../domain/partition-fold.ts';

const WITH_OFFSET = /^#(?<offset>\d+) (?<fingerprint>.*)$/s;

/** Empty: there is none. */
export function lastMessageText({ nextOffset, last }: FoldPosition): string {
  if (!last) return '';
  const isJustBelow = last.offset === nextOffset - 1n;
  return isJustBelow ? last.fingerprint : `#${last.offset} ${last.fingerprint}`;
}

export function readLastMessage(
  text: string,
  nextOffset: bigint,
  logTimeMs: number,
): LastMessage | null {
  if (text === '') return null;
  const { offset, fingerprint } = WITH_OFFSET.exec(text)?.groups ?? {};
  if (offset === undefined || fingerprint === undefined) {
    return { offset: nextOffset - 1n, logTimeMs, fingerprint: text };
  }
  return { offset: BigInt(offset), logTimeMs, fingerprint };
}
