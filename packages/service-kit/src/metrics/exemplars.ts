/**
 * Of each bucket of some histograms, the trace that was in it last: so a slow bucket leads to one delivery.
 * They are shown in the OpenMetrics format alone (https://prometheus.io/docs/specs/om/open_metrics_spec/).
 */
import type { Span } from '../telemetry/tracer.ts';

interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  /** Unix time, seconds. */
  readonly at: number;
}

export const OPENMETRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

export class Exemplars {
  /** By the text of the series. */
  readonly #bySeries = new Map<string, Exemplar>();

  /** @param metric - a histogram without labels @param value - seconds */
  note(metric: string, buckets: readonly number[], value: number, span: Span, nowMs: number): void {
    const bound = buckets.find((one) => value <= one) ?? '+Inf';
    const { traceId, spanId } = span;
    const exemplar = { traceId, spanId, value, at: nowMs / 1_000 };
    this.#bySeries.set(`${metric}_bucket{le="${bound}"}`, exemplar);
  }

  /** Whether anything was ever noted: traces are on. */
  get isUsed(): boolean {
    return this.#bySeries.size > 0;
  }

  /** @param text - Prometheus' text format, whose names differ only for counters */
  openMetrics(text: string): string {
    const lines = text.split('\n').filter((line) => line !== '');
    const counters = new Set(
      lines.flatMap((line) => /^# TYPE (\S+)_total counter$/.exec(line)?.[1] ?? []),
    );
    return `${lines.map((line) => this.#openMetricsLine(line, counters)).join('\n')}\n# EOF\n`;
  }

  #openMetricsLine(line: string, counters: ReadonlySet<string>): string {
    const [, keyword, name, rest] = /^# (HELP|TYPE) (\S+)_total (.*)$/.exec(line) ?? [];
    if (name !== undefined && counters.has(name)) return `# ${keyword} ${name} ${rest}`;
    const exemplar = this.#bySeries.get(line.slice(0, line.lastIndexOf(' ')));
    if (!exemplar) return line;
    const { traceId, spanId, value, at } = exemplar;
    return `${line} # {trace_id="${traceId}",span_id="${spanId}"} ${value} ${at}`;
  }
}
