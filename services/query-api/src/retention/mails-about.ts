/** Message-IDs of the mails that named a bot. */

import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import Type from 'typebox';

const mailShape = rowShape('the mails about a bot', { message_id: Type.String() });

/** Those that are stored, and the newest, which may not be yet. @throws StoreError */
export async function mailsAbout(
  botId: string,
  deps: {
    readonly clickhouse: ClickHouseClient;
    readonly alerts: AlertStates;
  },
): Promise<ReadonlySet<string>> {
  const stored = await selectRows(deps.clickhouse, {
    sql: `SELECT DISTINCT assumeNotNull(message_id) AS message_id FROM webhook_alert_mails
      WHERE bot_id = {bot_id:String} AND message_id IS NOT NULL`,
    params: { bot_id: botId },
    shape: mailShape,
  });
  const newest = [...deps.alerts.list()]
    .filter(({ transition }) => transition.bot_id === botId)
    .flatMap(({ receipt }) => receipt?.message_id ?? []);
  return new Set([...stored.map(({ message_id }) => message_id), ...newest]);
}
