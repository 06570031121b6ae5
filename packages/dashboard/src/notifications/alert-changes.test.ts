/** Which alerts are news. */
import { expect, test } from '@jest/globals';
import { alertChanges, type NotifiedAlert } from './alert-changes.ts';

const alert = (alert_id: string): NotifiedAlert => ({
  ...{ alert_id, bot_id: 'a', bot_name: 'A', rule: 'high_error_rate' },
  fired_at: '2026-02-10T20:00:00.000Z',
});
const known = (...ids: string[]) => new Map(ids.map((id) => [id, alert(id)]));

test('alerts that fire at the start are not notified', () => {
  expect(alertChanges(null, [alert('1')], true)).toEqual({
    ...{ fired: [], resolved: [] },
    known: known('1'),
  });
});

test('each firing and each end is notified once', () => {
  const first = alertChanges(known('1', '2'), [alert('2'), alert('3')], true);
  expect(first).toMatchObject({ fired: [alert('3')], resolved: [alert('1')] });
  const second = alertChanges(first.known, [alert('2'), alert('3')], true);
  expect(second).toMatchObject({ fired: [], resolved: [] });
});

test('an alert missing from a truncated list has not ended', () => {
  const changes = alertChanges(known('1'), [alert('2')], false);
  expect(changes).toEqual({ fired: [alert('2')], resolved: [], known: known('1', '2') });
});
