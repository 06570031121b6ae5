/** The counts of section 4 as schema fields, for answers and for rows alike. */
import { Count } from '@hookpulse/common/values/count';
import type { Counters } from '@hookpulse/common/windows/counters';

export const COUNTER_FIELDS = {
  requests_received: Count,
  requests_processed: Count,
  requests_failed: Count,
  responses_sent: Count,
  retries: Count,
  signature_validation_failures: Count,
  timeout_errors: Count,
  processing_errors: Count,
} satisfies Record<keyof Counters, typeof Count>;
