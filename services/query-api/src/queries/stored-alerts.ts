/** All that the history tells of some alerts: their transitions, and what became of their mails. */

import type { KnownAlert } from '@hookpulse/api/known-alert';
import { isMailReceiver } from '@hookpulse/common/alerts/receiver';
import { type ErrorCause, ErrorCauseSchema } from '@hookpulse/common/events/error-cause';
import { iso } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { ALERT_MAILS, ALERTS } from '@hookpulse/store/tables/alerts';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import type { StoredAlertPlace } from './alert-places.ts';

const causesValidator = Compile(Type.Array(ErrorCauseSchema));

const TRANSITION = ALERTS.select(
  'alert_id',
  'bot_name',
  'rule',
  'sequence',
  'transition',
  'reason',
  'severity',
  'facts',
  'causes',
  'at_ms',
);

/** The bots narrow what is read: rows are sorted by them. */
const TRANSITIONS_SQL = `
  SELECT ${TRANSITION.sql}
  FROM ${ALERTS.name} FINAL
  WHERE bot_id IN {bot_ids:Array(String)} AND alert_id IN {alert_ids:Array(String)}
  ORDER BY alert_id, sequence`;

const transitionShape = rowShape('the transitions of alerts', TRANSITION.fields);

const RECEIPT = ALERT_MAILS.select('alert_id', 'sequence', 'state', 'detail', 'receivers', 'at_ms');

/** A receiver that is no mail address has receipts of its own, which name it alone. */
const CHANNEL_SQL = "if(position(receivers[1], '://') > 0, receivers[1], '')";

/** Of a transition the newest receipt of mail and of each channel, by its place on the log. */
const RECEIPTS_SQL = `
  SELECT ${RECEIPT.sql}
  FROM ${ALERT_MAILS.name}
  WHERE bot_id IN {bot_ids:Array(String)} AND alert_id IN {alert_ids:Array(String)}
  ORDER BY alert_id, sequence, log_time DESC, log_offset DESC
  LIMIT 1 BY alert_id, sequence, ${CHANNEL_SQL}`;

const receiptShape = rowShape('the mails of alerts', RECEIPT.fields);

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
    selectRows(client, { sql: TRANSITIONS_SQL, params, shape: transitionShape }),
    selectRows(client, { sql: RECEIPTS_SQL, params, shape: receiptShape }),
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
        transitions: told.map(({ causes, ...one }) => ({
          ...withTime(one),
          ...givenCauses(causes),
        })),
        receipts: (receiptsById.get(place.alertId) ?? []).map(withTime).map(withChannel),
      };
      return [[place.alertId, alert] as const];
    }),
  );
}

function withChannel<Row extends { readonly receivers: readonly string[] }>(row: Row) {
  const channel = row.receivers.find((receiver) => !isMailReceiver(receiver));
  return channel === undefined ? row : { ...row, channel };
}

/** Of a later version they may be anything. */
function givenCauses(json: string): { readonly causes?: ErrorCause[] } {
  if (json === '') return {};
  const causes: unknown = JSON.parse(json);
  return causesValidator.Check(causes) ? { causes } : {};
}

function withTime<Row extends { readonly at_ms: number }>(row: Row) {
  return { ...row, at: iso(row.at_ms) };
}
