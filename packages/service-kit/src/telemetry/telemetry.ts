/** Traces and error reports of one service: what the configuration switches on, and loaded only then. */
import type { Config } from '../config/config.ts';
import type { ErrorReporter } from './error-reporter.ts';
import type { Tracer } from './tracer.ts';

export interface Telemetry {
  /** Null: traces are off. */
  readonly tracer: Tracer | null;
  /** Null: errors are not reported. */
  readonly errors: ErrorReporter | null;
  /** Sends what is left, for a while. */
  close(): Promise<void>;
}

/** @param service - `ingest`, `aggregator`, … */
export async function openTelemetry(config: Config, service: string): Promise<Telemetry> {
  const { traces, sentry } = config.telemetry;
  const tracer = traces && (await import('./otlp-tracer.ts')).createOtlpTracer(service, traces);
  const errors =
    sentry && (await import('./sentry-reporter.ts')).createSentryReporter(service, sentry);
  return {
    tracer,
    errors,
    async close() {
      // A collector that is away is no reason not to end.
      await Promise.allSettled([tracer?.close(), errors?.close()]);
    },
  };
}
