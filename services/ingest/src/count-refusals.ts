/** Counts every answer of ingest that is not a success, by its reason and its bot. */

import { QueueFullError } from '@hookpulse/event-log/micro-batcher';
import type { ErrorListener } from '@hookpulse/service-kit/http/error-answers';
import type { HttpError } from '@hookpulse/service-kit/http/http-error';
import {
  DELIVERY_OUTCOMES,
  type IngestMetrics,
  REPORT_OUTCOMES,
  type RefusalReason,
} from '@hookpulse/service-kit/metrics/metrics';
import { Refusal } from './refusal.ts';
import { REPORT_PATH } from './routes/events.ts';
import { WEBHOOK_PATH } from './routes/webhook.ts';

/** What the HTTP base refuses by itself at a route. */
const REASONS_OF_THE_BASE: Readonly<Record<number, RefusalReason>> = {
  400: 'invalid',
  401: 'unauthorized',
  415: 'unsupported_type',
  429: 'limited',
  503: 'unavailable',
};

const NO_BOT = '';

export type RefusalMetrics = Pick<IngestMetrics, 'deliveries' | 'reports' | 'refusals'>;

export function countRefusals({ deliveries, reports, refusals }: RefusalMetrics): ErrorListener {
  return (answer, request) => {
    const path = request.routeOptions.url;
    const reason = path === undefined ? 'unmatched' : reasonOf(answer);
    if (path === WEBHOOK_PATH && isOneOf(DELIVERY_OUTCOMES, reason)) deliveries.inc(reason);
    if (path === REPORT_PATH && isOneOf(REPORT_OUTCOMES, reason)) reports.inc(reason);
    refusals.inc({ reason, bot_id: request.botId ?? NO_BOT });
  };
}

function reasonOf(answer: HttpError): RefusalReason {
  if (answer instanceof Refusal) return answer.reason;
  if (answer.cause instanceof QueueFullError) return 'queue_full';
  return REASONS_OF_THE_BASE[answer.statusCode] ?? 'failed';
}

function isOneOf<Known extends string>(known: readonly Known[], text: string): text is Known {
  return known.some((one) => one === text);
}
