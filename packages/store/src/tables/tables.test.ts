/** The definitions of tables against the tables that migrations make. */
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Type from 'typebox';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { IncompleteRowError, insertRows } from '../insert-rows.ts';
import { rowShape, selectRows } from '../select-rows.ts';
import { openTestClickHouse, type TestClickHouse } from '../testing/open-test-clickhouse.ts';
import { ALERT_MAILS, ALERTS } from './alerts.ts';
import {
  ERRORS,
  EVENTS,
  EVENTS_BY_TIME,
  eventOfRow,
  eventRow,
  WHOLE_EVENT_COLUMNS,
  wholeEventShape,
} from './events.ts';
import { POSITIONS } from './positions.ts';
import { HOURS, SLICES } from './windows.ts';

const TABLES = [EVENTS, EVENTS_BY_TIME, ERRORS, HOURS, SLICES, POSITIONS, ALERTS, ALERT_MAILS];

describeWithClickHouse('the definition of', (serverUrl) => {
  let store: TestClickHouse;

  beforeAll(async () => {
    store = await openTestClickHouse({ serverUrl });
  });
  afterAll(() => store?.close());

  test.each(TABLES.map(({ name, columnNames }) => ({ name, columnNames })))(
    '$name has the columns of the table, and no others',
    async ({ name, columnNames }) => {
      const rows = await selectRows(store.client, {
        sql: `SELECT name FROM system.columns
          WHERE database = currentDatabase() AND table = {name:String}`,
        params: { name },
        shape: rowShape('the columns of a table', { name: Type.String() }),
      });
      expect(columnNames.toSorted()).toEqual(rows.map((row) => row.name).toSorted());
    },
  );

  test('events gives back the event that was stored, from each table', async () => {
    const event = sampleEvent({
      event_type: 'error',
      timestamp: new Date(Date.now()).toISOString(),
      processing_time_ms: 0.5,
      error_type: 'ValueError',
      error_message: 'quote " and emoji 🔒',
      ip_address: '2001:db8::1',
      telegram_signature_valid: false,
    });
    const eventTimeMs = Date.parse(event.timestamp);
    const logged = { event, eventTimeMs, offset: 7n, logTimeMs: eventTimeMs };
    await insertRows(store.client, EVENTS, [eventRow(logged, { partition: 3, epoch: 0 })]);
    for (const { name } of [EVENTS, EVENTS_BY_TIME, ERRORS]) {
      const sql = `SELECT ${WHOLE_EVENT_COLUMNS} FROM ${name}`;
      const rows = await selectRows(store.client, { sql, shape: wholeEventShape });
      expect(rows.map(eventOfRow)).toEqual([event]);
      expect(Object.keys(rows.map(eventOfRow)[0] ?? {})).toEqual(Object.keys(event));
    }
  });

  test('positions lets no row in that lacks a column', async () => {
    const incomplete = JSON.parse(
      '{"log_partition":0,"log_epoch":0,"next_offset":"1","last_log_time":""}',
    );
    const insert = insertRows(store.client, POSITIONS, [incomplete]);
    await expect(insert).rejects.toThrow(IncompleteRowError);
    await expect(insert).rejects.toThrow('a row for webhook_positions has no last_fingerprint');
  });
});
