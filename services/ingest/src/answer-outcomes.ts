/** What an error answer is counted as, for deliveries and for reports. */
import type { ErrorListener } from '@hookpulse/common/http/error-answers';
import type { HttpError } from '@hookpulse/common/http/http-error';
import { QueueFullError } from '@hookpulse/common/log/micro-batcher';
import type {
  DeliveryOutcome,
  IngestMetrics,
  ReportOutcome,
} from '@hookpulse/common/runtime/metrics';
import type { FastifyRequest } from 'fastify';
import { REPORT_PATH } from './routes/events.ts';
import { WEBHOOK_PATH } from './routes/webhook.ts';

type Outcome = DeliveryOutcome & ReportOutcome;

/** What a status means for both. */
const OUTCOMES: Readonly<Record<number, Outcome>> = {
  400: 'invalid',
  413: 'too_large',
  415: 'unsupported_type',
  429: 'limited',
  503: 'unavailable',
};
const DELIVERY_OUTCOMES: Readonly<Record<number, DeliveryOutcome>> = {
  ...OUTCOMES,
  401: 'invalid_signature',
  403: 'disabled',
  404: 'unknown_bot',
};
const REPORT_OUTCOMES: Readonly<Record<number, ReportOutcome>> = {
  ...OUTCOMES,
  401: 'unauthorized',
  403: 'foreign',
};

export function countErrorAnswers(
  metrics: Pick<IngestMetrics, 'deliveries' | 'reports'>,
): ErrorListener {
  return (answer, request) => {
    const path = request.routeOptions.url;
    if (path === WEBHOOK_PATH) metrics.deliveries.inc(outcome(answer, request, DELIVERY_OUTCOMES));
    else if (path === REPORT_PATH) metrics.reports.inc(outcome(answer, request, REPORT_OUTCOMES));
  };
}

function outcome<Own extends DeliveryOutcome | ReportOutcome>(
  answer: HttpError,
  { raw }: FastifyRequest,
  byStatus: Readonly<Record<number, Own>>,
): Own | Outcome {
  // Nobody is there any more to read what is answered.
  if (raw.destroyed && !raw.complete) return 'aborted';
  if (answer.cause instanceof QueueFullError) return 'queue_full';
  return byStatus[answer.statusCode] ?? 'failed';
}
