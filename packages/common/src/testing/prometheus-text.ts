/**
 * Reads what `GET /metrics` answers, as strictly as Prometheus and promtool do
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */

export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** With `_bucket`, `_sum` or `_count` of a histogram. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const COMMENT = /^# (HELP|TYPE) (\S+) (.+)$/;
const SAMPLE = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy;
const TYPES = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped']);

/** @throws Error that says what is wrong with the text */
export function parsePrometheusText(text: string): readonly MetricFamily[] {
  if (!text.endsWith('\n')) throw new Error('the text does not end with a line feed');
  const families = new Map<string, { -readonly [Key in keyof MetricFamily]: MetricFamily[Key] }>();
  let current = '';
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const comment = COMMENT.exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        if (families.has(name)) throw new Error(`${name} stands in two places`);
        families.set(name, { name, type: '', help: rest, samples: [] });
      }
      current = name;
      const family = families.get(name);
      if (!family) throw new Error(`${name} has a type and no help`);
      if (kind === 'TYPE') family.type = rest;
      continue;
    }
    const family = families.get(current);
    if (!family) throw new Error(`no family before: ${line}`);
    family.samples = [...family.samples, parseSample(line)];
  }
  for (const family of families.values()) checkFamily(family);
  return [...families.values()];
}

/** The value of one series, which must have exactly these labels; null when there is none. */
export function sampleValue(
  families: readonly MetricFamily[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const key = seriesKey({ name, labels });
  const samples = families.flatMap((family) => family.samples);
  return samples.find((sample) => seriesKey(sample) === key)?.value ?? null;
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const [, name = '', labelText = '', valueText = ''] = match;
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  let end = 0;
  for (const [whole, label = '', value = ''] of labelText.matchAll(LABEL)) {
    if (label in labels) throw new Error(`a label twice: ${line}`);
    labels[label] = value.replace(/\\(.)/g, (_all, char) => (char === 'n' ? '\n' : char));
    end += whole.length;
  }
  if (end !== labelText.length) throw new Error(`bad labels: ${line}`);
  return { name, labels, value: parseValue(valueText, line) };
}

/** As Go's ParseFloat does, which reads NaN and Inf in any case. */
function parseValue(text: string, line: string): number {
  if (/^nan$/i.test(text)) return Number.NaN;
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`not a number: ${line}`);
  return value;
}

function checkFamily({ name, type, samples }: MetricFamily): void {
  if (!NAME.test(name)) throw new Error(`not a name: ${name}`);
  if (!TYPES.has(type)) throw new Error(`${name} has no known type: ${type}`);
  const suffixes = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
  const series = new Set<string>();
  for (const sample of samples) {
    if (!suffixes.some((suffix) => sample.name === name + suffix)) {
      throw new Error(`${sample.name} stands under ${name}`);
    }
    const key = seriesKey(sample);
    if (series.has(key)) throw new Error(`a series twice: ${key}`);
    series.add(key);
    if (type === 'counter' && !(sample.value >= 0)) throw new Error(`a negative counter: ${key}`);
  }
  if (type === 'histogram') checkHistogram(name, samples);
}

/** Buckets add up, and the last one is the count. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const groups = Map.groupBy(samples, ({ labels: { le: _le, ...labels } }) =>
    JSON.stringify(labels),
  );
  for (const [labels, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le = '' } }) => parseValue(le, name));
    const values = buckets.map(({ value }) => value);
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    const isAscending = (numbers: readonly number[]) =>
      numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0));
    if (!isAscending(bounds) || !isAscending(values)) {
      throw new Error(`${name} ${labels}: buckets do not add up`);
    }
    if (bounds.at(-1) !== Infinity || values.at(-1) !== count) {
      throw new Error(`${name} ${labels}: the bucket without a bound is not the count`);
    }
    if (!group.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name}: no sum`);
  }
}

function seriesKey({ name, labels }: Pick<Sample, 'name' | 'labels'>): string {
  const sorted = Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${name}${JSON.stringify(sorted)}`;
}
