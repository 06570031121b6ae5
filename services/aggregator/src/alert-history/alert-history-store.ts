/** Where the history of alerts is kept. Storing rows again changes nothing. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { insertRows } from '../store/clickhouse-aggregate-store.ts';
import type { AlertRows } from './alert-rows.ts';

export interface AlertHistoryStore {
  /** Resolves once all rows are durable. @throws when the store does not take them */
  save(rows: Pick<AlertRows, 'transitions' | 'receipts'>): Promise<void>;
}

export function createClickHouseAlertHistory(client: ClickHouseClient): AlertHistoryStore {
  return {
    async save({ transitions, receipts }) {
      await insertRows(client, 'webhook_alerts', [...transitions]);
      await insertRows(client, 'webhook_alert_mails', [...receipts]);
    },
  };
}
