/** Where the store has something of a bot. */
import { isoDate } from '@hookpulse/common/values/iso';
import type { RowSelection } from './delete-rows.ts';

const OF_BOT = 'bot_id = {bot_id:String}';

export const RAW_TABLES = ['webhook_events', 'webhook_events_by_time', 'webhook_errors'] as const;
export const WINDOW_TABLES = ['webhook_metrics', 'webhook_slices'] as const;
export const ALERT_TABLES = ['webhook_alerts', 'webhook_alert_mails'] as const;

type BotTable =
  | (typeof RAW_TABLES)[number]
  | (typeof ALERT_TABLES)[number]
  | (typeof WINDOW_TABLES)[number];

export function rowsOfBot(table: BotTable, botId: string): RowSelection {
  return { table, where: OF_BOT, params: { bot_id: botId } };
}

/** @param beforeMs - start of an hour, milliseconds since the epoch */
export function hoursOfBotBefore(botId: string, beforeMs: number): RowSelection {
  return {
    table: 'webhook_metrics',
    where: `${OF_BOT} AND (date, hour) < ({date:Date}, {hour:UInt8})`,
    params: {
      bot_id: botId,
      date: isoDate(beforeMs),
      hour: new Date(beforeMs).getUTCHours(),
    },
  };
}

/** Ten-second windows that began before. @param beforeMs - milliseconds since the epoch */
export function slicesOfBotBefore(botId: string, beforeMs: number): RowSelection {
  return {
    table: 'webhook_slices',
    where: `${OF_BOT} AND start < toDateTime({before:UInt32}, 'UTC')`,
    params: { bot_id: botId, before: Math.floor(beforeMs / 1_000) },
  };
}
