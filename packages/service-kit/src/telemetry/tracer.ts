/**
 * What services trace with. There is a tracer only where traces are switched on; its libraries are loaded
 * then. A record on the log carries the `traceparent` of its span as a header, and only when it is sampled:
 * a reader that finds none has nothing to do.
 */

/** W3C Trace Context, as an HTTP header and as a header of records. */
export const TRACEPARENT_HEADER = 'traceparent';

export interface SpanStart {
  /** Low cardinality: no ids. */
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer';
  /** A `traceparent`; null: it begins a trace. One that is malformed counts as none. */
  readonly parent: string | null;
  /** Milliseconds since the epoch; default: now. */
  readonly startMs?: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** A span that is sampled. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** For whom goes on with the trace. */
  readonly traceparent: string;
  set(attributes: Readonly<Record<string, string | number | boolean>>): void;
  /** @param reason - a class of errors, such as `Http502`; no text from outside */
  fail(reason: string): void;
  end(): void;
}

export interface Tracer {
  /** Null: not sampled. */
  start(span: SpanStart): Span | null;
  /** Sends what has ended. */
  close(): Promise<void>;
}

/** Fields of a log line about something that is traced. */
export function traceFields(span: Span | null | undefined): Readonly<Record<string, string>> {
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** The same, of what only a `traceparent` is known of. */
export function traceIdOf(
  traceparent: string | null | undefined,
): Readonly<Record<string, string>> {
  const [, traceId] = traceparent?.split('-') ?? [];
  return traceId === undefined ? {} : { trace_id: traceId };
}
