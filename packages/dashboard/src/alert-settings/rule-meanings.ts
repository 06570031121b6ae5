/** What each rule watches, for who sets it. */
import type { RuleName } from '@hookpulse/common/alerts/rules/rules';

export const RULE_MEANINGS: Readonly<Record<RuleName, string>> = {
  high_error_rate: 'More of the events in the window failed than the threshold allows.',
  no_traffic: 'The bot has had no event for longer than the limit.',
  signature_failures:
    'More deliveries in the window had a wrong secret, or none, than the threshold allows.',
  slow_processing: 'The 95th percentile of the processing time in the window is above the limit.',
};
