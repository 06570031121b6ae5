/** What a service's `GET /metrics` says, for tests. */
import { type MetricFamily, parsePrometheusText, sampleValue } from './prometheus-text.ts';

export interface Scraped {
  readonly families: readonly MetricFamily[];
  /** The value of the series with exactly these labels; null when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | null;
  /** The sum over all series of a name. */
  sum(name: string): number;
}

/** @param origin - of the service  @throws Error unless the answer is valid Prometheus text */
export async function scrape(origin: string): Promise<Scraped> {
  const response = await fetch(`${origin}/metrics`);
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return scrapedFrom(text);
}

function scrapedFrom(text: string): Scraped {
  const families = parsePrometheusText(text);
  return {
    families,
    value: (name, labels) => sampleValue(families, name, labels),
    sum: (name) =>
      families
        .flatMap(({ samples }) => samples)
        .filter((sample) => sample.name === name)
        .reduce((sum, { value }) => sum + value, 0),
  };
}
