/** All that the history tells of some alerts: their transitions, and what became of their mails. */

import type { KnownAlert } from '@hookpulse/api/known-alert';
import { TRANSITIONS } from '@hookpulse/common/alerts/alert';
import { MAIL_STATES } from '@hookpulse/common/alerts/mail-receipt';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { StoredAlertPlace } from './alert-places.ts';
import { TimeMs } from './row-types.ts';
import { selectRows } from './select-rows.ts';

/** The bots narrow what is read: rows are sorted by them. */
const TRANSITIONS_SQL = `
  SELECT
    alert_id, bot_name, rule, sequence, transition, reason, severity, facts,
    toUnixTimestamp64Milli(at) AS at_ms
  FROM webhook_alerts FINAL
  WHERE bot_id IN {bot_ids:Array(String)} AND alert_id IN {alert_ids:Array(String)}
  ORDER BY alert_id, sequence`;

const Transition = Type.Object({
  alert_id: Type.String(),
  bot_name: Type.String(),
  rule: Type.String(),
  sequence: Type.Integer(),
  transition: Type.Enum(TRANSITIONS),
  reason: Type.String(),
  severity: Type.Number(),
  facts: Type.Record(Type.String(), Type.Number()),
  at_ms: TimeMs,
});

/** Of a transition the newest receipt, by its place on the log. */
const RECEIPTS_SQL = `
  SELECT alert_id, sequence, state, detail, receivers, toUnixTimestamp64Milli(at) AS at_ms
  FROM webhook_alert_mails
  WHERE bot_id IN {bot_ids:Array(String)} AND alert_id IN {alert_ids:Array(String)}
  ORDER BY alert_id, sequence, log_time DESC, log_offset DESC
  LIMIT 1 BY alert_id, sequence`;

const Receipt = Type.Object({
  alert_id: Type.String(),
  sequence: Type.Integer(),
  state: Type.Enum(MAIL_STATES),
  detail: Nullable(Type.String()),
  receivers: Type.Array(Type.String()),
  at_ms: TimeMs,
});

const transitionRow = Compile(Transition);
const receiptRow = Compile(Receipt);

/** By alert_id. @throws StoreError */
export async function storedAlerts(
  client: ClickHouseClient,
  places: readonly StoredAlertPlace[],
): Promise<Map<string, KnownAlert>> {
  if (places.length === 0) return new Map();
  const params = {
    bot_ids: [...new Set(places.map(({ botId }) => botId))],
    alert_ids: places.map(({ alertId }) => alertId),
  };
  const [transitions, receipts] = await Promise.all([
    selectRows(client, { sql: TRANSITIONS_SQL, params, row: transitionRow }),
    selectRows(client, { sql: RECEIPTS_SQL, params, row: receiptRow }),
  ]);
  const transitionsById = Map.groupBy(transitions, ({ alert_id }) => alert_id);
  const receiptsById = Map.groupBy(receipts, ({ alert_id }) => alert_id);
  return new Map(
    places.flatMap((place) => {
      const told = transitionsById.get(place.alertId) ?? [];
      const newest = told.at(-1);
      if (!newest) return [];
      const alert: KnownAlert = {
        ...place,
        botName: newest.bot_name,
        rule: newest.rule,
        transitions: told.map(withTime),
        receipts: (receiptsById.get(place.alertId) ?? []).map(withTime),
      };
      return [[place.alertId, alert] as const];
    }),
  );
}

function withTime<Row extends Static<typeof Transition> | Static<typeof Receipt>>(row: Row) {
  return { ...row, at: iso(row.at_ms) };
}
