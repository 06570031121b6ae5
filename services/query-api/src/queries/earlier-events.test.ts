import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { storeEvents, testEvent } from '../testing/store-events.ts';
import { earlierEvents } from './earlier-events.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

describeWithClickHouse('the last events of silent bots', (serverUrl) => {
  let store: TestClickHouse;

  beforeAll(async () => {
    store = await openTestClickHouse({ serverUrl });
  });
  afterAll(() => store?.close());

  test('are found for more bots than a list can hold, and for no other', async () => {
    const ids = Array.from({ length: 2_500 }, (_, n) => `${n}`.padStart(64, '-'));
    const events = ids.map((bot_id) => testEvent('2026-02-10T18:30:15Z', { bot_id }));
    await storeEvents(store.client, [
      ...events,
      testEvent('2026-02-10T18:30:15Z', { bot_id: 'other' }),
    ]);
    const found = await earlierEvents(store.client, [...ids, 'never'], NOW_MS);
    expect([...found.keys()].toSorted()).toEqual(ids.toSorted());
    expect(new Set(found.values())).toEqual(new Set([Date.parse('2026-02-10T18:30:15Z')]));
    const [first = ''] = ids;
    expect([...(await earlierEvents(store.client, [first, 'never'], NOW_MS))]).toEqual([
      [first, Date.parse('2026-02-10T18:30:15Z')],
    ]);
  });

  test('are none for no bots', async () => {
    expect(await earlierEvents(store.client, [], NOW_MS)).toEqual(new Map());
  });
});
