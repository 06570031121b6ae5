/** An alert as the API shows it, for tests. */
import type { AlertView } from '@hookpulse/api/alert-view';

const FIRED_AT = '2026-02-10T20:00:00.000Z';

export function sampleAlert(fields: Partial<AlertView> = {}): AlertView {
  return {
    alert_id: '5b1f4a52-6b8f-5f0e-9a43-2f6d8e1a7c55',
    bot_id: 'orders-bot',
    bot_name: 'Orders',
    rule: 'high_error_rate',
    state: 'firing',
    fired_at: FIRED_AT,
    resolved_at: null,
    duration_seconds: 60,
    reason: 'Bot "Orders" has 15.0% error rate (15/100 failed) in the last 15 minutes.',
    severity: 0.15,
    facts: { events: 100, errors: 15 },
    causes: [],
    as_of: FIRED_AT,
    silence: null,
    mail: {
      state: 'accepted',
      detail: null,
      at: FIRED_AT,
      receivers: ['ops@example.com'],
      attempts: 0,
      next_attempt_at: null,
    },
    channels: [],
    transitions: [],
    ...fields,
  };
}
