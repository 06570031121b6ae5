/** Probes for orchestrators: is the process alive, and do the engines behind it answer? */
import { setTimeout as delay } from 'node:timers/promises';
import Type from 'typebox';
import type { Logger } from '../runtime/logger.ts';
import type { HttpApp } from './http-app.ts';
import { ErrorBodySchema, type ErrorDetail, errorBody } from './http-error.ts';

/** An engine that this service cannot work without. */
export interface ReadinessCheck {
  /** As operators know it: `log`, `store`, … */
  readonly name: string;
  /** Resolves when the engine answers; rejects when it cannot. */
  check(): Promise<void>;
}

/** Shorter than the usual probe's own patience (Kubernetes kills at a second, Docker at 30). */
const DEFAULT_CHECK_TIMEOUT_MS = 2_000;

const OkSchema = Type.Object({ status: Type.Literal('ok') });

export interface ProbeOptions {
  readonly checks: readonly ReadinessCheck[];
  readonly checkTimeoutMs?: number | undefined;
  readonly logger: Logger;
}

/** `GET /livez`: always 200. `GET /readyz`: 200, or 503 that names the engines without answer. */
export function registerProbes(app: HttpApp, options: ProbeOptions): void {
  const checkTimeoutMs = options.checkTimeoutMs ?? DEFAULT_CHECK_TIMEOUT_MS;

  app.get('/livez', { schema: { tags: ['probes'], response: { 200: OkSchema } } }, () => ({
    status: 'ok' as const,
  }));

  app.get(
    '/readyz',
    { schema: { tags: ['probes'], response: { 200: OkSchema, 503: ErrorBodySchema } } },
    async (_request, reply) => {
      const failures = await failingChecks(options, checkTimeoutMs);
      if (failures.length === 0) return { status: 'ok' as const };
      const names = failures.map((failure) => failure.field).join(', ');
      return reply.code(503).send(errorBody(`Not ready: no answer from ${names}.`, failures));
    },
  );
}

async function failingChecks(options: ProbeOptions, timeoutMs: number): Promise<ErrorDetail[]> {
  const outcomes = await Promise.all(
    options.checks.map(async (check): Promise<ErrorDetail | null> => {
      const outcome = await runCheck(check, timeoutMs);
      if (outcome.kind === 'answered') return null;
      if (outcome.kind === 'late') {
        options.logger.warn({ check: check.name, timeoutMs }, 'readiness check timed out');
        return { field: check.name, message: `no answer within ${timeoutMs} ms` };
      }
      options.logger.warn({ check: check.name, err: outcome.error }, 'readiness check failed');
      return { field: check.name, message: 'does not answer' };
    }),
  );
  return outcomes.filter((outcome) => outcome !== null);
}

type CheckOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'late' }
  | { readonly kind: 'failed'; readonly error: unknown };

async function runCheck(check: ReadinessCheck, timeoutMs: number): Promise<CheckOutcome> {
  const answered = new AbortController();
  const work = Promise.resolve()
    .then(() => check.check())
    .then(
      (): CheckOutcome => ({ kind: 'answered' }),
      (error: unknown): CheckOutcome => ({ kind: 'failed', error }),
    )
    .finally(() => answered.abort());
  const late = delay<CheckOutcome>(timeoutMs, { kind: 'late' }, { signal: answered.signal }).catch(
    () => work, // the timer was no longer needed
  );
  return Promise.race([work, late]);
}
