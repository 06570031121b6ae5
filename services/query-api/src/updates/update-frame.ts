/** An update as a frame of server-sent events. */
import { readUpdateRecord } from '@hookpulse/common/events/update-record';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { REPLAY_HEADER } from '@hookpulse/event-log/topics';

const decoder = new TextDecoder();
/**
 * In JSON they stand between values only. A line break would end the frame, and a terminal is shown the names of
 * control characters, which are no JSON there.
 */
const BREAKS = /[\t\r\n]+/g;

/** Null: it is no update of this bot. */
export function updateFrame(message: LogMessage, botId: string): string | null {
  const { key, value, headers, partition, offset } = message;
  if (key !== botId || value === null) return null;
  const record = readUpdateRecord(decoder.decode(value));
  if (!record) return null;
  const told = JSON.stringify({
    bot_id: botId,
    update_id: record.updateId,
    update_type: record.updateType,
    received_at: record.receivedAt,
    partition,
    offset: String(offset),
    replay_id: headers[REPLAY_HEADER] ?? null,
  });
  const body = record.body.replaceAll(BREAKS, ' ');
  return `id: ${placeText(partition, offset + 1n)}\ndata: ${told.slice(0, -1)},"update":${body}}\n\n`;
}

/** A place in a partition: `offset` is the next one to read. */
export interface Place {
  readonly partition: number;
  readonly offset: bigint;
}

export function placeText(partition: number, offset: bigint): string {
  return `${partition}-${offset}`;
}

/** Null: it is no place. */
export function placeOfText(text: string): Place | null {
  const [, partition, offset] = /^(\d{1,6})-(\d{1,19})$/.exec(text) ?? [];
  if (partition === undefined || offset === undefined) return null;
  return { partition: Number(partition), offset: BigInt(offset) };
}
