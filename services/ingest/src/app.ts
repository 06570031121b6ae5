/** The HTTP side of ingest: its routes on the common base. Never listens. */

import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { QueueFullError } from '@hookpulse/event-log/micro-batcher';
import type { TrustProxy } from '@hookpulse/service-kit/config/address-formats';
import { MAX_CONNECTIONS } from '@hookpulse/service-kit/http/connections';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import {
  createFailureBudget,
  type FailureBudget,
} from '@hookpulse/service-kit/http/failure-budget';
import { acceptsHtml, type HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import type { ReadinessCheck } from '@hookpulse/service-kit/http/readiness';
import type { ServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import type { onRequestHookHandler } from 'fastify';
import type { BodyReader } from './bodies/body-reader.ts';
import type { IngestMetrics } from './metrics.ts';
import { countRefusals } from './refusal.ts';
import { eventsRoute } from './routes/events.ts';
import { webhookRoute } from './routes/webhook.ts';

export interface IngestAppDeps {
  readonly registry: Pick<BotRegistry, 'get' | 'ownerOfReportToken'>;
  /** Named tokens may report and read the metrics; default: there are none. */
  readonly namedTokens?: Pick<NamedTokens, 'use'> | undefined;
  readonly publisher: Pick<EventLog, 'publish'>;
  readonly bodies: BodyReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly readinessChecks: readonly ReadinessCheck[];
  readonly service: ServiceMetrics;
  readonly metrics: IngestMetrics;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens | undefined;
  readonly trustProxy: TrustProxy;
  /** Limits attempts with wrong credentials; default: a budget of its own. Apps of one process share one. */
  readonly failures?: FailureBudget | undefined;
  /** Processes of ingest that share the port, and divide the limits on each client; default: 1. */
  readonly processes?: number | undefined;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null | undefined;
  /** Null: only bots report. */
  readonly adminToken: string | null;
  readonly eventRetentionDays: number;
}

const GREETING =
  'This port of Hookpulse receives deliveries from Telegram and reports from bots. The dashboard is at the address of the query API, port 8081 by default.\n';

/** For a person who opens the port; programs get the error of an unknown path. */
const greetBrowsers: onRequestHookHandler = (request, reply, done) => {
  if (request.is404 && request.method === 'GET' && request.url === '/' && acceptsHtml(request)) {
    reply.type('text/plain; charset=utf-8').send(GREETING);
  } else done();
};

export function buildIngestApp(deps: IngestAppDeps): HttpApp {
  const { processes = 1 } = deps;
  const failures = deps.failures ?? createFailureBudget(deps.clock, processes);
  const app = createHttpApp({
    failures,
    maxConnections: MAX_CONNECTIONS.ingest,
    logger: deps.logger,
    clock: deps.clock,
    readinessChecks: deps.readinessChecks,
    metrics: deps.service,
    tokens: deps.tokens,
    namedTokens: deps.namedTokens,
    onErrorAnswer: countRefusals(deps.metrics),
    onMalformedRequest: () => deps.metrics.refusals.inc({ reason: 'malformed', bot_id: '' }),
    trustProxy: deps.trustProxy,
    unavailableErrors: [QueueFullError],
    firstHooks: [greetBrowsers],
  });
  app.decorateRequest('bot', null);
  app.decorateRequest('span', null);
  app.register(webhookRoute, {
    ...deps,
    failures,
    processes,
    tracer: deps.tracer ?? null,
    exemplars: deps.service.exemplars,
  });
  app.register(eventsRoute, deps);
  return app;
}
