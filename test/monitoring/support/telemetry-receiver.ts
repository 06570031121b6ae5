/** A collector of OTLP traces and a Sentry, in one server that checks the form of what it gets. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly status: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface SentryEvent {
  readonly level: string;
  readonly release: string;
  readonly environment: string;
  readonly fingerprint?: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
  readonly exception?: {
    readonly values: readonly { readonly type: string; readonly value: string }[];
  };
  readonly message?: string;
}

export interface TelemetryReceiver {
  readonly otlpEndpoint: string;
  readonly sentryDsn: string;
  readonly spans: readonly ReceivedSpan[];
  readonly events: readonly SentryEvent[];
  /** Every body, as text. */
  readonly bodies: readonly string[];
  /** What was not of the right form. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly Attribute[];
}

export async function startTelemetryReceiver(): Promise<TelemetryReceiver> {
  const spans: ReceivedSpan[] = [];
  const events: SentryEvent[] = [];
  const bodies: string[] = [];
  const problems: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const isZipped = request.headers['content-encoding'] === 'gzip';
      const body = (isZipped ? gunzipSync(raw) : raw).toString();
      bodies.push(body);
      try {
        if (request.url === '/v1/traces') spans.push(...readSpans(JSON.parse(body) as OtlpBody));
        else if (request.url?.startsWith('/api/1/envelope/')) events.push(...readEnvelope(body));
        else problems.push(`unknown path ${request.url}`);
      } catch (error) {
        problems.push(`${request.url}: ${String(error)}`);
      }
      response.setHeader('content-type', 'application/json').end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    otlpEndpoint: `http://127.0.0.1:${port}`,
    sentryDsn: `http://dsnkey@127.0.0.1:${port}/1`,
    spans,
    events,
    bodies,
    problems,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function readSpans({ resourceSpans }: OtlpBody): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const { 'service.name': service, 'service.version': version } = values(resource.attributes);
    if (typeof version !== 'string') throw new Error('no service.version');
    return scopeSpans
      .flatMap((scope) => scope.spans)
      .map((span) => {
        if (!/^[0-9a-f]{32}$/.test(span.traceId) || !/^[0-9a-f]{16}$/.test(span.spanId)) {
          throw new Error(`ids ${span.traceId} ${span.spanId}`);
        }
        if (BigInt(span.endTimeUnixNano) < BigInt(span.startTimeUnixNano)) {
          throw new Error(`${span.name} ends before it starts`);
        }
        const { traceId, spanId, parentSpanId = '', name, status } = span;
        const attributes = values(span.attributes);
        return {
          service: String(service),
          traceId,
          spanId,
          parentSpanId,
          name,
          status: status.code,
          attributes,
        };
      });
  });
}

function values(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

/** https://develop.sentry.dev/sdk/data-model/envelopes/: a header, then items of a header and a payload. */
function readEnvelope(body: string): SentryEvent[] {
  const [, ...lines] = body.trimEnd().split('\n');
  return lines.flatMap((line, index) => {
    if (index % 2 === 1) return [];
    const { type } = JSON.parse(line) as { type: string };
    return type === 'event' ? [JSON.parse(lines[index + 1] ?? '') as SentryEvent] : [];
  });
}
