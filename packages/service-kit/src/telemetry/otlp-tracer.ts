/**
 * Traces by OTLP over HTTP, with OpenTelemetry's own span, sampler and exporter. Nothing is global and
 * nothing is patched: several services of one process trace each under its own name, and only what the
 * code starts is a span. Loaded only where traces are switched on.
 */
import {
  type Span as OtelSpan,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { TracesConfig } from '../config/config.ts';
import { VERSION } from '../process/version.ts';
import type { Span, SpanStart, Tracer } from './tracer.ts';

const KINDS: Readonly<Record<SpanStart['kind'], SpanKind>> = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};
/** Version 00, or a later one of which the first four fields are read. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const TRACES_PATH = '/v1/traces';
/** A service is to be gone within ten seconds, whatever the collector does. */
const EXPORT_TIMEOUT_MS = 3_000;

/** @param service - `ingest`, `aggregator`, … */
export function createOtlpTracer(service: string, config: TracesConfig): Tracer {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': `hookpulse-${service}`,
      'service.version': VERSION,
      ...config.resourceAttributes,
    }),
    sampler: samplerOf(config),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({
          url: `${config.endpoint.replace(/\/+$/, '')}${TRACES_PATH}`,
          headers: { ...config.headers },
          timeoutMillis: EXPORT_TIMEOUT_MS,
        }),
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const tracer = provider.getTracer('hookpulse', VERSION);
  return {
    start({ name, kind, parent, startMs, attributes }) {
      const above = parent === null ? null : spanContextOf(parent);
      const span = tracer.startSpan(
        name,
        {
          kind: KINDS[kind],
          ...(startMs === undefined ? {} : { startTime: startMs }),
          ...(attributes ? { attributes } : {}),
        },
        above ? trace.setSpanContext(ROOT_CONTEXT, above) : ROOT_CONTEXT,
      );
      return span.isRecording() ? spanOf(span) : null;
    },
    close: () => provider.shutdown(),
  };
}

function spanOf(span: OtelSpan): Span {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    traceparent: `00-${traceId}-${spanId}-01`,
    set: (attributes) => void span.setAttributes({ ...attributes }),
    fail(reason) {
      span.setAttribute('error.type', reason);
      span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
    },
    end: () => span.end(),
  };
}

function spanContextOf(traceparent: string): SpanContext | null {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined) return null;
  const isSampled = (Number.parseInt(flags ?? '0', 16) & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
  return {
    traceId,
    spanId,
    traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
  };
}

/** The values of OTEL_TRACES_SAMPLER (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/). */
function samplerOf({ sampler, samplerArg }: TracesConfig): Sampler {
  const [, isParentBased, name] = /^(parentbased_)?(.*)$/.exec(sampler) ?? [];
  const root = rootSampler(name ?? '', samplerArg);
  return isParentBased === undefined ? root : new ParentBasedSampler({ root });
}

function rootSampler(name: string, ratio: number): Sampler {
  if (name === 'always_off') return new AlwaysOffSampler();
  return name === 'traceidratio' ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
}
