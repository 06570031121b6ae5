/** Contract, section 4 ("Counting"), as SQL over raw events: what `domain/counters` does in code. */

import { INVALID_SIGNATURE, TIMEOUT } from '@hookpulse/common/events/webhook-event';
import type { ComparedName } from '@hookpulse/common/windows/reconciliation';
import { MAX_SUMMED_MS } from '@hookpulse/common/windows/window';

const MEASURES_PROCESSING = `event_type IN ('processed', 'error') AND processing_time_ms IS NOT NULL`;
const IS_TIMEOUT = `ifNull(error_type, '') = '${TIMEOUT}'`;

/** Aggregates over the rows for which `condition` holds, by name. */
export function countsOfRawEvents(condition: string): Readonly<Record<ComparedName, string>> {
  const count = (what: string) => `countIf(${condition} AND ${what})`;
  const sum = (column: string, what: string) =>
    `sumIf(least(assumeNotNull(${column}), toFloat64(${MAX_SUMMED_MS})), ${condition} AND ${what})`;
  const failedDelivery = `event_type = 'received' AND status = 'failed'`;
  return {
    requests_received: count(`event_type = 'received'`),
    requests_processed: count(`event_type = 'processed'`),
    requests_failed: count(`(event_type = 'error' OR ${failedDelivery})`),
    responses_sent: count(`event_type = 'response_sent' AND status = 'success'`),
    retries: count(`event_type = 'retry'`),
    signature_validation_failures: count(
      `${failedDelivery} AND ifNull(error_type, '') = '${INVALID_SIGNATURE}'`,
    ),
    timeout_errors: count(`event_type = 'error' AND ${IS_TIMEOUT}`),
    processing_errors: count(`event_type = 'error' AND NOT ${IS_TIMEOUT}`),
    processing_time_count: count(MEASURES_PROCESSING),
    processing_time_sum_ms: sum('processing_time_ms', MEASURES_PROCESSING),
    response_time_count: count('response_time_ms IS NOT NULL'),
    response_time_sum_ms: sum('response_time_ms', 'response_time_ms IS NOT NULL'),
  };
}
