/**
 * What orchestrators and Prometheus ask every service: is the process alive, can it do its work, and
 * how is it doing?
 */

import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import Type from 'typebox';
import { OPENMETRICS_TYPE } from '../metrics/exemplars.ts';
import type { ServiceMetrics } from '../metrics/metrics.ts';
import type { HttpApp } from './http-app.ts';
import {
  ErrorBodySchema,
  type ErrorDetail,
  errorBody,
  unauthorized,
  WrongCredentialError,
} from './http-error.ts';
import { type MetricsTokens, mayReadMetrics, type NamedTokenReader } from './metrics-tokens.ts';
import { isOwnName, misdirected } from './own-names.ts';
import type { CheckResult, Readiness } from './readiness.ts';

const OkSchema = Type.Object({ status: Type.Literal('ok') });

export interface ProbeOptions {
  readonly readiness: Readiness;
  readonly metrics: ServiceMetrics;
  /** Who may read the metrics. */
  readonly tokens: MetricsTokens;
  /** Where everybody may, names under which they may be asked for; null: any. */
  readonly openTo: readonly string[] | null;
  readonly namedTokens: NamedTokenReader | undefined;
  readonly clock: Clock;
}

/**
 * `GET /livez`: always 200. `GET /readyz`: 200, or 503 that names the engines that are in the way and
 * says since when. `GET /metrics`: Prometheus text.
 */
export function registerProbes(app: HttpApp, options: ProbeOptions): void {
  const { readiness, metrics } = options;
  showReadiness(readiness, metrics);

  app.get(
    '/livez',
    {
      schema: {
        tags: ['probes'],
        summary: 'Whether the process is alive',
        response: { 200: OkSchema },
      },
    },
    () => ({
      status: 'ok' as const,
    }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags: ['probes'],
        summary: 'Whether the engines answer; 503 names those that do not',
        response: { 200: OkSchema, 503: ErrorBodySchema },
      },
    },
    async (_request, reply) => {
      const failures = (await readiness.check()).flatMap(toDetails);
      if (failures.length === 0) return { status: 'ok' as const };
      const names = failures.map((failure) => failure.field).join(', ');
      return reply.code(503).send(errorBody(`Not ready: ${names}.`, failures));
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['probes'],
        summary: "Metrics in Prometheus' text format",
        produces: ['text/plain'],
        response: { 200: Type.String({ description: 'Prometheus text format' }) },
      },
    },
    async (request, reply) => {
      const isOpen = options.tokens === 'open';
      if (isOpen && !isOwnName(request.headers.host, options.openTo)) throw misdirected();
      const { authorization } = request.headers;
      const asked = { authorization, nowMs: options.clock.now() };
      if (!mayReadMetrics(options.tokens, options.namedTokens, asked)) {
        if (authorization !== undefined) {
          throw new WrongCredentialError('Invalid token, or it may not read metrics.');
        }
        throw unauthorized(
          'Authentication required. Send a token as Authorization: Bearer <token>.',
        );
      }
      const text = await metrics.page.text();
      const { exemplars } = metrics;
      if (exemplars.isUsed && request.headers.accept?.includes('application/openmetrics-text')) {
        return reply.type(OPENMETRICS_TYPE).send(exemplars.openMetrics(text));
      }
      return reply.type(metrics.page.contentType).send(text);
    },
  );
}

function toDetails({ name, problem }: CheckResult): ErrorDetail[] {
  if (problem === null) return [];
  const since = iso(problem.sinceMs);
  return [{ field: name, message: `${problem.text}, since ${since}` }];
}

function showReadiness(readiness: Readiness, { page, ready }: ServiceMetrics): void {
  page.addSource('readiness', {
    read: () => readiness.check(),
    show: (results) => {
      for (const { name, problem } of results) ready.set({ check: name }, problem ? 0 : 1);
    },
    clear: () => {
      for (const name of readiness.checkNames) ready.set({ check: name }, 0);
    },
  });
}
