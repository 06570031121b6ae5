/** Where a replay goes on: opaque to callers. */
import { parseAs } from '@hookpulse/event-log/json-value';
import Type from 'typebox';
import { Compile } from 'typebox/compile';

export interface ReplayPlace {
  readonly replayId: string;
  /** Offsets: the next one to read, and where it ends. */
  readonly from: bigint;
  readonly to: bigint;
}

const OffsetText = Type.String({ pattern: '^[0-9]{1,19}$' });
const validator = Compile(
  Type.Tuple([Type.String({ pattern: '^[0-9a-f-]{36}$' }), OffsetText, OffsetText]),
);

export function replayCursorOf({ replayId, from, to }: ReplayPlace): string {
  return Buffer.from(JSON.stringify([replayId, String(from), String(to)])).toString('base64url');
}

/** Null: it is none that was given out. */
export function replayPlaceOf(cursor: string): ReplayPlace | null {
  const place = parseAs(Buffer.from(cursor, 'base64url'), validator);
  if (place === null) return null;
  const [replayId, from, to] = place;
  return { replayId, from: BigInt(from), to: BigInt(to) };
}
