/** Where the history of alerts is kept. Storing rows again changes nothing. */
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { ALERT_MAILS, ALERTS } from '@hookpulse/store/tables/alerts';
import type { AlertRows } from './alert-rows.ts';

export interface AlertHistoryStore {
  /** Resolves once all rows are durable. @throws when the store does not take them */
  save(rows: Pick<AlertRows, 'transitions' | 'receipts'>): Promise<void>;
}

export function createClickHouseAlertHistory(client: ClickHouseClient): AlertHistoryStore {
  return {
    async save({ transitions, receipts }) {
      await insertRows(client, ALERTS, transitions);
      await insertRows(client, ALERT_MAILS, receipts);
    },
  };
}
