import type { AlertView } from '@hookpulse/api/alert-view';
import { expect, test } from '@jest/globals';
import { groupFiring } from './firing-order.ts';
import { sampleAlert } from './testing/sample-alert.ts';

const SILENCE: AlertView['silence'] = {
  silence_id: 's',
  reason: 'deployment',
  created_by: 'Ada',
  ends_at: '2026-02-10T21:00:00.000Z',
};

test('alerts that fire stand by rule, the worst first, the silenced ones last', () => {
  const alerts = [
    sampleAlert({ bot_id: 'silenced', severity: 0.9, silence: SILENCE }),
    sampleAlert({ bot_id: 'new', severity: 0.2, fired_at: '2026-02-10T20:00:01.000Z' }),
    sampleAlert({ bot_id: 'slow', rule: 'slow_processing' }),
    sampleAlert({ bot_id: 'bad', severity: 0.5 }),
    sampleAlert({ bot_id: 'later-rule', rule: 'of_tomorrow' }),
    sampleAlert({ bot_id: 'silent', rule: 'no_traffic' }),
    sampleAlert({ bot_id: 'old', severity: 0.2, fired_at: '2026-02-10T20:00:00.000Z' }),
  ];
  const shown = groupFiring(alerts).map(({ rule, alerts: members }) => [
    rule,
    ...members.map(({ bot_id }) => bot_id),
  ]);
  expect(shown).toEqual([
    ['high_error_rate', 'bad', 'old', 'new', 'silenced'],
    ['no_traffic', 'silent'],
    ['slow_processing', 'slow'],
    ['of_tomorrow', 'later-rule'],
  ]);
});
