/** deploy/datadog: every service is asked, its page is OpenMetrics, and its tags are those of its traces. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { CHECKOUT } from '../support/service-process.ts';

interface Instance {
  readonly openmetrics_endpoint: string;
  readonly raw_metric_prefix: string;
  readonly share_labels: Readonly<Record<string, { readonly labels: readonly string[] }>>;
  readonly tags: readonly string[];
}

const FILE = join(CHECKOUT, 'deploy/datadog/openmetrics.d/conf.yaml');
const { instances } = parse(readFileSync(FILE, 'utf8'), { merge: true }) as {
  instances: readonly Instance[];
};

test('every service is asked at its port, and tagged as its traces are', () => {
  expect(
    instances.map(({ openmetrics_endpoint, tags }) => [openmetrics_endpoint, ...tags]),
  ).toEqual(
    [
      ['ingest', 8080],
      ['query-api', 8081],
      ['aggregator', 8082],
      ['alerter', 8083],
      ['forwarder', 8084],
    ].map(([name, port]) => [
      `http://${name}:${port}/metrics`,
      'env:production',
      `service:hookpulse-${name}`,
    ]),
  );
});

test('the version is a label of a metric that every service has', async () => {
  const text = await createServiceMetrics('ingest').page.text();
  for (const { share_labels, raw_metric_prefix } of instances) {
    for (const [metric, { labels }] of Object.entries(share_labels)) {
      expect(metric.startsWith(raw_metric_prefix)).toBe(true);
      const [line = ''] = text.split('\n').filter((one) => one.startsWith(`${metric}{`));
      for (const label of labels) expect(line).toContain(`${label}="`);
    }
  }
});
