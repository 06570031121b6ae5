/** What is off is not even loaded: the libraries of traces and reports are behind dynamic imports. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@hookpulse/service-kit/process/env';
import { openTelemetry } from '@hookpulse/service-kit/telemetry/telemetry';
import { expect, test } from '@jest/globals';
import { CHECKOUT } from '../support/service-process.ts';

const ADAPTERS = ['otlp-tracer', 'sentry-reporter'].map(
  (name) => `packages/service-kit/src/telemetry/${name}.ts`,
);
const SOURCES = globSync('{packages,services,scripts}/**/*.ts', {
  cwd: CHECKOUT,
  exclude: (path) => /node_modules|dist/.test(path),
}).filter((path) => !path.endsWith('.test.ts'));

function importing(pattern: RegExp): string[] {
  return SOURCES.filter((path) => pattern.test(readFileSync(join(CHECKOUT, path), 'utf8')));
}

test('only the adapters import the libraries', () => {
  expect(
    importing(/^\s*(?:import|export)\b[^;]*from '@(?:opentelemetry|sentry)\//m).toSorted(),
  ).toEqual(ADAPTERS);
});

test('nothing imports the adapters before they are needed', () => {
  expect(importing(/from '[^']*\/(?:otlp-tracer|sentry-reporter)(?:\.ts)?'/)).toEqual([]);
});

test('without a setting there is no tracer and no reporter', async () => {
  const off = { tracer: null, errors: null };
  expect(await openTelemetry(readConfig({}), 'ingest')).toMatchObject(off);
  const sampler = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_TRACES_SAMPLER: 'always_off' };
  expect(await openTelemetry(readConfig(sampler), 'ingest')).toMatchObject(off);
});
