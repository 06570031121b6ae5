import type { IncomingMessage } from 'node:http';
import { type Clock, systemClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { type FastifyRequest, fastify, LogController, type onRequestHookHandler } from 'fastify';
import type { TrustProxy } from '../config/address-formats.ts';
import type { ServiceMetrics } from '../metrics/metrics.ts';
import { traceFields } from '../telemetry/tracer.ts';
import { withoutBasePath } from './base-path.ts';
import { clientAddress, trustFunction } from './client-address.ts';
import { answerClientError, answerWithoutRoute } from './client-errors.ts';
import {
  boundConnections,
  connectionsWithin,
  cutStalledWrites,
  descriptorLimit,
  MAX_CONNECTIONS,
} from './connections.ts';
import { drainOnClose } from './draining.ts';
import { createErrorAnswerer, type ErrorClass, type ErrorListener } from './error-answers.ts';
import { createFailureBudget, type FailureBudget } from './failure-budget.ts';
import type { HttpApp } from './http-app.ts';
import { badRequest, HttpError, notFound } from './http-error.ts';
import { loggedUrl } from './logged-url.ts';
import { metricsTokens, type NamedTokenReader, type Tokens } from './metrics-tokens.ts';
import { answerOneAtATime } from './pipelining.ts';
import { registerProbes } from './probes.ts';
import { Readiness, type ReadinessCheck } from './readiness.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import { type TypeBoxTypeProvider, typeBoxValidatorCompiler } from './schema-compiler.ts';

export interface HttpAppOptions {
  readonly logger: Logger;
  /** Says since when a service is not ready; default: the system's. */
  readonly clock?: Clock;
  /** What `GET /readyz` asks, each within its time. */
  readonly readinessChecks: readonly ReadinessCheck[];
  /** Time that each readiness check has; default 2 s. */
  readonly readinessTimeoutMs?: number;
  /** What `GET /metrics` shows. */
  readonly metrics: ServiceMetrics;
  /** With a read token `GET /metrics` needs one of the two; default: it is open. */
  readonly tokens?: Tokens | undefined;
  /** Named tokens read the metrics, too; default: there are none. */
  readonly namedTokens?: NamedTokenReader | undefined;
  readonly trustProxy?: TrustProxy;
  /** Path under which a proxy passes requests on, such as `/hookpulse`; default: none. */
  readonly basePath?: string;
  /** Largest body in bytes; a route may set its own. */
  readonly bodyLimitBytes?: number;
  /** Time in which a whole request must have arrived; then 408. */
  readonly requestTimeoutMs?: number;
  /** Connections held at once, where the process may open enough files; default: for probes alone. */
  readonly maxConnections?: number;
  /** Time in which a client must read on from an answer; then its connection is cut. */
  readonly stallTimeoutMs?: number;
  /** How often requests over their time are looked for, so a 408 may come this much later. */
  readonly connectionsCheckingIntervalMs?: number;
  /** Time a handler has for its answer; then 503. Without it handlers bound their own waits. */
  readonly handlerTimeoutMs?: number;
  /** Time that open requests have to finish when the app is closed. */
  readonly drainGraceMs?: number;
  /** Classes of errors, beside `LogUnavailableError`, that are answered 503 with `Retry-After`. */
  readonly unavailableErrors?: readonly ErrorClass[];
  /** Of wrong credentials; default: one of its own. Apps of one process share one. */
  readonly failures?: FailureBudget | undefined;
  /** Told of every error answer that a route gives. */
  readonly onErrorAnswer?: ErrorListener;
  /** Told of what is answered without a request: it is not HTTP, or did not arrive in time. */
  readonly onMalformedRequest?: () => void;
  /** Run before a request is judged in any way, also where its path leads nowhere. */
  readonly firstHooks?: readonly onRequestHookHandler[];
  /** Registers plugins that are there before any route, the probes included: what documents or tests them all. */
  readonly pluginsFirst?: (app: HttpApp) => void;
}

/** 1 MiB: the contract's bound on bodies. */
export const DEFAULT_BODY_LIMIT_BYTES = 1_048_576;
/** Shorter than the usual probe's own patience (Kubernetes kills at a second, Docker at 30). */
const DEFAULT_READINESS_TIMEOUT_MS = 2_000;
/** A megabyte takes less than a second on any line that reaches us; slower ones are holding on. */
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
/** A client that takes nothing of an answer for this long is gone or malicious. */
const DEFAULT_STALL_TIMEOUT_MS = 20_000;
/** A sixth of the request's time; each look walks over all connections. */
const DEFAULT_CONNECTIONS_CHECKING_INTERVAL_MS = 5_000;
/** Longer than the 60 s after which common proxies drop idle upstream connections. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
/** Node's bound on a whole header, so that a long path part is judged by its route, not by length. */
const MAX_PARAM_LENGTH = 16_384;

/** Builds the app. Routes are added by the caller; unknown ones are answered already. */
export function createHttpApp(options: HttpAppOptions): HttpApp {
  const { logger, trustProxy = false, basePath = '' } = options;
  const requestTimeoutMs = options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
  const answerError = createErrorAnswerer(logger, {
    unavailableErrors: options.unavailableErrors ?? [],
    onErrorAnswer: options.onErrorAnswer,
    failures: options.failures ?? createFailureBudget(options.clock ?? systemClock),
  });

  const app: HttpApp = fastify({
    // What Fastify has to say goes to our logger by this. As `loggerInstance` it would also bring
    // listeners, a child logger and two lines for every request, which is a tenth of its time.
    childLoggerFactory: () => logger,
    logController: new LogController({ disableRequestLogging: true }),
    http: {
      // Node's own answer to a request without one has no body: ours has.
      requireHostHeader: false,
      // Node swaps the two when the time for the headers (60 s) is the longer one.
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval:
        options.connectionsCheckingIntervalMs ?? DEFAULT_CONNECTIONS_CHECKING_INTERVAL_MS,
    },
    routerOptions: {
      ignoreTrailingSlash: true,
      // A base URL that ends in a slash, joined with a path: proxies pass it on like that.
      ignoreDuplicateSlashes: true,
      maxParamLength: MAX_PARAM_LENGTH,
    },
    trustProxy: trustFunction(trustProxy),
    ...(basePath === ''
      ? {}
      : {
          rewriteUrl: ({ url = '/' }: Pick<IncomingMessage, 'url'>) =>
            withoutBasePath(url, basePath),
        }),
    bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    ...(options.handlerTimeoutMs === undefined ? {} : { handlerTimeout: options.handlerTimeoutMs }),
    // A request that comes while we close is still served, and its connection closed after it.
    return503OnClosing: false,
    genReqId: requestIdOf,
    clientErrorHandler: (error, socket) => {
      if (answerClientError(error, socket)) options.onMalformedRequest?.();
    },
    // No hook has run for these.
    frameworkErrors: (error, request, reply) =>
      answerError(error, request, reply.header(REQUEST_ID_HEADER, request.id)),
  }).withTypeProvider<TypeBoxTypeProvider>();

  const maxConnections = options.maxConnections ?? MAX_CONNECTIONS.probes;
  boundConnections(app.server, connectionsWithin(maxConnections, descriptorLimit()), logger);
  cutStalledWrites(app.server, options.stallTimeoutMs ?? DEFAULT_STALL_TIMEOUT_MS);
  answerWithoutRoute(app.server, () => options.onMalformedRequest?.());
  app.setValidatorCompiler(typeBoxValidatorCompiler);
  // Response schemas describe; they do not rewrite what a handler answers.
  app.setSerializerCompiler(() => JSON.stringify);
  // Only JSON is taken unless a route adds more.
  app.removeContentTypeParser('text/plain');
  letBodiesBeEmpty(app);
  app.setErrorHandler(answerError);
  // Of a route that finds nothing itself, such as one for files.
  app.setNotFoundHandler(() => {
    throw notFound('No route matches this path.');
  });
  app.addHook('onRequest', answerOneAtATime());
  app.addHook('onRequest', (request, reply, done) => {
    reply.header(REQUEST_ID_HEADER, request.id);
    done(lacksHost(request) ? badRequest('The request has no Host header.') : undefined);
  });
  for (const hook of options.firstHooks ?? []) app.addHook('onRequest', hook);
  // Before its body is read: the error of such a request is that no route matches.
  app.addHook('onRequest', (request, _reply, done) => {
    done(request.is404 ? unknownRoute(app, request) : undefined);
  });
  options.pluginsFirst?.(app);
  if (logger.isLevelEnabled('debug')) logRequests(app, logger);
  drainOnClose(app, options.drainGraceMs);
  // As a plugin: it waits for those that were registered before it.
  app.register((probes, _options, done) => {
    registerProbes(probes, {
      readiness: new Readiness({
        checks: options.readinessChecks,
        checkTimeoutMs: options.readinessTimeoutMs ?? DEFAULT_READINESS_TIMEOUT_MS,
        clock: options.clock ?? systemClock,
        logger,
      }),
      metrics: options.metrics,
      tokens: options.tokens ? metricsTokens(options.tokens) : 'open',
      openTo: options.tokens?.openTo ?? null,
      namedTokens: options.namedTokens,
      clock: options.clock ?? systemClock,
    });
    done();
  });
  return app;
}

/** RFC 9112, section 3.2: HTTP/1.1 demands one. */
function lacksHost({ headers, raw }: FastifyRequest): boolean {
  return headers.host === undefined && raw.httpVersion !== '1.0';
}

/**
 * Many clients name a content type with every request, also where there is no content. It is as if they
 * had not: a route that needs a body refuses it by its schema.
 */
function letBodiesBeEmpty(app: HttpApp): void {
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parseJson(request, body, done); // it answers by `done`
    },
  );
}

/** 405 with `Allow` when the path exists for other methods (RFC 9110, section 15.5.6), else 404. */
function unknownRoute(app: HttpApp, request: FastifyRequest): HttpError {
  const path = request.url.split('?', 1)[0] ?? '/';
  const allowed = app.supportedMethods.filter(
    (method) => app.findRoute({ method, url: path }) !== null,
  );
  if (allowed.length === 0) return notFound('No route matches this path.');
  return new HttpError(405, `Method not allowed. This path accepts ${allowed.join(' and ')}.`, {
    headers: { allow: allowed.join(', ') },
  });
}

function logRequests(app: HttpApp, logger: Logger): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { id, method } = request;
    const fields = {
      requestId: id,
      ...traceFields(request.span),
      method,
      url: loggedUrl(request.url),
      ip: clientAddress(request),
      statusCode: reply.statusCode,
      elapsedMs: reply.elapsedTime,
    };
    logger.debug(fields, 'request');
    done();
  });
}
