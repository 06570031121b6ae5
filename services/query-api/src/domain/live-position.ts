/**
 * How far somebody has read the log of events: the next offset of each partition. As text it is the
 * `id` of a live event, by which a stream is taken up again exactly where it broke off.
 */

/** By partition: the next offset. */
export type LivePosition = ReadonlyMap<number, bigint>;

const VERSION = '1';
/** Offsets have 63 bits. */
const MAX_OFFSET_DIGITS = 13;
/** Far more partitions than a topic has here. */
const MAX_PARTITIONS = 10_000;
const RADIX = 36;

/** `1.<offset of partition 0>.<of 1>…` in base 36; a partition that is not known is empty. */
export function positionText(position: LivePosition): string {
  const count = Math.max(-1, ...position.keys()) + 1;
  const offsets = Array.from(
    { length: count },
    (_, partition) => position.get(partition)?.toString(RADIX) ?? '',
  );
  return [VERSION, ...offsets].join('.');
}

/** Null: it is none that was given out. */
export function positionOfText(text: string): LivePosition | null {
  const [version, ...offsets] = text.split('.', MAX_PARTITIONS + 2);
  if (version !== VERSION || offsets.length > MAX_PARTITIONS) return null;
  const position = new Map<number, bigint>();
  for (const [partition, digits] of offsets.entries()) {
    if (digits === '') continue;
    if (digits.length > MAX_OFFSET_DIGITS || !/^[0-9a-z]+$/.test(digits)) return null;
    position.set(partition, offsetOf(digits));
  }
  return position;
}

/** Whether a client at `position` has read everything before `goal`. */
export function hasReached(position: LivePosition, goal: LivePosition): boolean {
  return goal.entries().every(([partition, offset]) => (position.get(partition) ?? 0n) >= offset);
}

function offsetOf(digits: string): bigint {
  let offset = 0n;
  for (const digit of digits)
    offset = offset * BigInt(RADIX) + BigInt(Number.parseInt(digit, RADIX));
  return offset;
}
