import { expect, test } from '@jest/globals';
import { marksOf } from './marks-of.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 1, 10, 20, minute)).toISOString();
const change = (minute: number, path: string, status = 200) => ({
  at: at(minute),
  method: 'PATCH',
  route: path === '/api/alert-settings' ? path : '/api/bots/:bot_id',
  target: path,
  status,
});

test('what was noted, restarted, alerted and changed, newest first', () => {
  const marks = marksOf('a', {
    annotations: [
      {
        annotation_id: '1',
        bot_id: 'a',
        text: 'v2.3',
        at: at(1),
        created_by: 'ci',
        created_at: at(1),
      },
      {
        annotation_id: '2',
        kind: 'restart',
        bot_id: null,
        text: 'ingest started',
        at: at(5),
        last_at: at(7),
        created_by: 'Hookpulse',
        created_at: at(5),
      },
    ],
    alerts: [
      { rule: 'high_error_rate', fired_at: at(2), resolved_at: at(9) },
      { rule: 'no_traffic', fired_at: at(10), resolved_at: null },
    ],
    changes: [
      change(3, '/api/alert-settings'),
      change(4, '/api/bots/a'),
      change(5, '/api/bots/b'),
      change(6, '/api/bots/a', 400),
    ],
  });
  expect(marks.map(({ label, tone }) => `${label} ${tone}`)).toEqual([
    'No traffic fired bad',
    'High error rate resolved good',
    'ingest started again idle',
    'ingest started idle',
    'Settings changed idle',
    'Settings changed idle',
    'High error rate fired bad',
    'v2.3 idle',
  ]);
});
