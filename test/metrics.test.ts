/** Holds the code, what Prometheus demands and docs/metrics.md together. */
import { readFileSync } from 'node:fs';
import { aggregatorMetrics } from '@hookpulse/aggregator/metrics';
import { alerterMetrics } from '@hookpulse/alerter/metrics';
import { parsePrometheusText, sampleValue } from '@hookpulse/common/testing/prometheus-text';
import { forwarderMetrics } from '@hookpulse/forwarder/metrics';
import { DELIVERY_OUTCOMES, ingestMetrics, REPORT_OUTCOMES } from '@hookpulse/ingest/metrics';
import { queryApiMetrics } from '@hookpulse/query-api/metrics';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { VERSION } from '@hookpulse/service-kit/process/version';
import { supervisorMetrics } from '@hookpulse/service-kit/workers/supervise';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';

const DOCS = readFileSync(new URL('../docs/metrics.md', import.meta.url), 'utf8');

function registered(register: (registry: Registry) => unknown): Registry {
  const registry = new Registry();
  register(registry);
  return registry;
}

const SECTIONS: readonly (readonly [string, Registry])[] = [
  ['Every service', createServiceMetrics('test').registry],
  [
    'Ingest',
    registered((registry) => {
      ingestMetrics(registry);
      supervisorMetrics(registry);
    }),
  ],
  ['Aggregator', registered(aggregatorMetrics)],
  ['Alerter', registered(alerterMetrics)],
  ['Forwarder', registered(forwarderMetrics)],
  ['Query API', registered(queryApiMetrics)],
];

/** `name type labels`, of our own metrics. */
async function described(registry: Registry): Promise<string[]> {
  const metrics = await registry.getMetricsAsJSON();
  return metrics
    .filter(({ name }) => name.startsWith('hookpulse_'))
    .map(({ name, type }) => `${name} ${type} ${labelsOf(registry, name).join(' ')}`.trim());
}

function labelsOf(registry: Registry, name: string): readonly unknown[] {
  const metric: object = registry.getSingleMetric(name) ?? {};
  return 'labelNames' in metric && Array.isArray(metric.labelNames) ? metric.labelNames : [];
}

/** The same, from the table of a section. */
function documented(section: string): string[] {
  const [, text = ''] = DOCS.split(`\n## ${section}\n`);
  const [table = ''] = text.split('\n## ');
  return table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [name = '', type = '', labels = '', meaning = '', alertOn = ''] = cellsOf(line);
      if (meaning === '' || alertOn === '') throw new Error(`not explained: ${line}`);
      return `${name} ${type} ${labels}`.replaceAll(/[`,]/g, '').trim();
    });
}

function cellsOf(row: string): string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('docs/metrics.md', () => {
  test.each(SECTIONS)('lists exactly the metrics of: %s', async (section, registry) => {
    expect(documented(section).toSorted()).toEqual((await described(registry)).toSorted());
  });

  test('names no metric that is not there', async () => {
    const names = (
      await Promise.all(SECTIONS.map(([, registry]) => registry.getMetricsAsJSON()))
    ).flatMap((metrics) => metrics.map(({ name }) => name));
    const known = new Set(names.flatMap((name) => [name, `${name}_bucket`]));
    for (const [name] of DOCS.matchAll(/(?:hookpulse|nodejs|process)_[a-z0-9_]+/g)) {
      expect(known).toContain(name);
    }
  });

  test('explains every outcome', () => {
    for (const outcome of [...DELIVERY_OUTCOMES, ...REPORT_OUTCOMES]) {
      expect(DOCS).toContain(`\`${outcome}\``);
    }
  });
});

describe('the metrics', () => {
  test.each(SECTIONS)('are named as Prometheus demands: %s', async (_section, registry) => {
    for (const { name, type, help } of await registry.getMetricsAsJSON()) {
      if (!name.startsWith('hookpulse_')) continue;
      expect(name).toMatch(/^[a-z_]+$/);
      expect(name.endsWith('_total')).toBe(String(type) === 'counter');
      if (String(type) === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(ms|millis|milliseconds|kb|mb|percent)(_|$)/);
      expect(help).toMatch(/\.$/);
    }
  });

  test.each(SECTIONS)('are valid text before anything happened: %s', async (_section, registry) => {
    parsePrometheusText(await registry.metrics());
  });

  test('say what runs', async () => {
    const { page } = createServiceMetrics('ingest');
    const families = parsePrometheusText(await page.text());
    const labels = { service: 'ingest', version: VERSION, node_version: process.version };
    expect(sampleValue(families, 'hookpulse_build_info', labels)).toBe(1);
    expect(sampleValue(families, 'process_start_time_seconds')).toBeGreaterThan(0);
  });

  test('of two services in one process have nothing to do with each other', async () => {
    const [one, other] = [createServiceMetrics('one'), createServiceMetrics('other')];
    const metrics = ingestMetrics(one.registry);
    ingestMetrics(other.registry);
    metrics.deliveries.inc('accepted');
    const value = async ({ page }: typeof one) =>
      sampleValue(parsePrometheusText(await page.text()), 'hookpulse_deliveries_total', {
        outcome: 'accepted',
      });
    expect(await value(one)).toBe(1);
    expect(await value(other)).toBe(0);
  });
});
