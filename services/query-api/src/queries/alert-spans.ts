/** From when to when alerts of some bots fired, of those that did not end before a time. */
import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';

/** Rows that were stored twice say the same, so FINAL would only cost time. */
const SQL = `
  SELECT alert_id, any(bot_id) AS bot, any(rule) AS rule_name,
    toUnixTimestamp64Milli(min(fired_at)) AS fired_at_ms,
    toUnixTimestamp64Milli(max(at)) AS last_at_ms,
    countIf(transition = 'resolved') AS resolved,
    argMin(reason, sequence) AS first_reason
  FROM webhook_alerts
  WHERE bot_id IN {bots:Array(String)}
  GROUP BY alert_id
  HAVING resolved = 0 OR last_at_ms > {from_ms:Int64}
  ORDER BY fired_at_ms DESC`;

const shape = rowShape('when alerts fired', {
  alert_id: Type.String(),
  bot: Type.String(),
  rule_name: Type.String(),
  fired_at_ms: TimeMs,
  last_at_ms: TimeMs,
  resolved: Count,
  first_reason: Type.String(),
});

export interface AlertSpan {
  readonly alertId: string;
  readonly botId: string;
  readonly rule: string;
  /** Milliseconds since the epoch, as the next. */
  readonly firedAtMs: number;
  /** Of its newest transition. */
  readonly lastAtMs: number;
  /** Why it fired. */
  readonly reason: string;
}

/** The newest first. @throws StoreError */
export async function alertSpans(
  client: ClickHouseClient,
  botIds: readonly string[],
  fromMs: number,
): Promise<AlertSpan[]> {
  const params = { bots: [...botIds], from_ms: fromMs };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return rows.map((row) => ({
    alertId: row.alert_id,
    botId: row.bot,
    rule: row.rule_name,
    firedAtMs: row.fired_at_ms,
    lastAtMs: row.last_at_ms,
    reason: row.first_reason,
  }));
}
