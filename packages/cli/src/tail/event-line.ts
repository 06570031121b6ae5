/** An event on one line, for people. */
import { stripVTControlCharacters } from 'node:util';
import type { EventStatus, WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Style, Terminal } from '../terminal.ts';

const STATUS_STYLE: Readonly<Record<EventStatus, Style>> = {
  success: 'green',
  failed: 'red',
  pending: 'yellow',
};
const TYPE_WIDTH = 'response_sent'.length;
const STATUS_WIDTH = 'success'.length;
/** Wide enough for most, so that the columns stand; longer ones push the rest to the right. */
export const BOT_WIDTH = 16;

/** `20:00:00.000  orders-bot  error  failed  update 7 (message)  41 ms  ValueError: no such order` */
export function eventLine(event: WebhookEvent, { style }: Pick<Terminal, 'style'>): string {
  const { bot_id, event_type, status, timestamp, processing_time_ms, response_time_ms } = event;
  const duration = processing_time_ms ?? response_time_ms;
  const details = [
    updateOf(event),
    duration === null ? null : `${Math.round(duration)} ms`,
    errorOf(event),
  ].filter((detail) => detail !== null);
  return [
    style('dim', timestamp.slice('yyyy-mm-ddT'.length, -1)),
    style('bold', bot_id.padEnd(BOT_WIDTH)),
    event_type.padEnd(TYPE_WIDTH),
    style(STATUS_STYLE[status], status.padEnd(STATUS_WIDTH)),
    ...details,
  ]
    .join('  ')
    .trimEnd();
}

function updateOf({ update_id, update_type }: WebhookEvent): string | null {
  if (update_id === null) return update_type === null ? null : oneLine(update_type);
  return `update ${update_id}${update_type === null ? '' : ` (${oneLine(update_type)})`}`;
}

function errorOf({ error_type, error_message }: WebhookEvent): string | null {
  if (error_type === null && error_message === null) return null;
  return oneLine([error_type, error_message].filter((text) => text !== null).join(': '));
}

/** What a bot says of itself must not move the cursor, nor colour what follows. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, ' ');
}
