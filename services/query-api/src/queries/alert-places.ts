/** Which alerts of the history belong to a page, newest first, by the time they fired. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';
import type { AlertFilter, AlertPlace } from '../domain/alert-page.ts';

/*
 * - All transitions of an alert tell when it fired. Should two alerters have told a different moment,
 *   the earlier one counts, on every page.
 * - Rows that were stored twice say the same, so FINAL would only cost time.
 * - An alert is resolved for good: what comes afterwards is another alert.
 */
const SQL = `
  SELECT alert_id, any(bot_id) AS bot, toUnixTimestamp64Milli(min(fired_at)) AS fired_at_ms
  FROM webhook_alerts
  WHERE ({bot_id:String} = '' OR bot_id = {bot_id:String})
    AND (empty({bots:Array(String)}) OR bot_id IN {bots:Array(String)})
    AND ({rule:String} = '' OR rule = {rule:String})
  GROUP BY alert_id
  HAVING fired_at_ms >= {from_ms:Int64} AND fired_at_ms < {to_ms:Int64}
    AND (fired_at_ms, alert_id) < ({after_ms:Int64}, {after_id:String})
    AND ({state:String} = '' OR countIf(transition = 'resolved') > 0)
  ORDER BY fired_at_ms DESC, alert_id DESC
  LIMIT {limit:UInt32}`;

const shape = rowShape('a page of alerts', {
  alert_id: Type.String(),
  bot: Type.String(),
  fired_at_ms: TimeMs,
});

/** Behind every alert. */
const END: AlertPlace = { firedAtMs: Number.MAX_SAFE_INTEGER, alertId: '' };

export interface StoredAlertPlace extends AlertPlace {
  readonly botId: string;
}

/** @throws StoreError */
export async function alertPlaces(
  client: ClickHouseClient,
  filter: AlertFilter & { readonly state: 'resolved' | null },
  limit: number,
): Promise<StoredAlertPlace[]> {
  const { firedAtMs, alertId } = filter.after ?? END;
  const params = {
    bot_id: filter.botId ?? '',
    bots: [...(filter.bots ?? [])],
    rule: filter.rule ?? '',
    from_ms: filter.fromMs,
    to_ms: filter.toMs,
    after_ms: firedAtMs,
    after_id: alertId,
    state: filter.state ?? '',
    limit,
  };
  const rows = await selectRows(client, { sql: SQL, params, shape });
  return rows.map(({ alert_id, bot, fired_at_ms }) => ({
    alertId: alert_id,
    botId: bot,
    firedAtMs: fired_at_ms,
  }));
}
