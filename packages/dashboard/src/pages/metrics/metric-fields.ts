/** Every count and time of a row: what it is called, and how it is written. */
import type { MetricsRow } from '@hookpulse/api/metrics-row';
import { formatCount, formatMs } from '../../format/numbers.ts';

export interface MetricField {
  readonly name: keyof MetricsRow;
  /** Where it stands with others under a heading. */
  readonly title: string;
  readonly text: (row: MetricsRow) => string;
}

export interface MetricGroup {
  readonly title: string;
  readonly fields: readonly MetricField[];
}

type NameOf<Value> = {
  [Name in keyof MetricsRow]: MetricsRow[Name] extends Value ? Name : never;
}[keyof MetricsRow];

export const METRIC_GROUPS: readonly MetricGroup[] = [
  {
    title: 'Traffic',
    fields: [
      count('events', 'Events'),
      count('requests_received', 'Received'),
      count('requests_processed', 'Processed'),
      count('responses_sent', 'Responses sent'),
      count('retries', 'Retries'),
    ],
  },
  {
    title: 'Errors',
    fields: [
      count('errors', 'Errors'),
      { name: 'error_rate', title: 'Error rate', text: ({ error_rate }) => error_rate },
      count('requests_failed', 'Failed'),
      count('timeout_errors', 'Timeouts'),
      count('processing_errors', 'Processing errors'),
      count('signature_validation_failures', 'Bad signatures'),
    ],
  },
  {
    title: 'Times',
    fields: [
      duration('avg_processing_time_ms', 'Processing, average'),
      duration('p50_processing_time_ms', 'Processing, p50'),
      duration('p95_processing_time_ms', 'Processing, p95'),
      duration('p99_processing_time_ms', 'Processing, p99'),
      duration('avg_response_time_ms', 'Response, average'),
    ],
  },
];

function count(name: NameOf<number>, title: string): MetricField {
  return { name, title, text: (row) => formatCount(row[name]) };
}

function duration(
  name: Extract<NameOf<number | null>, `${string}_ms`>,
  title: string,
): MetricField {
  return { name, title, text: (row) => formatMs(row[name]) };
}
