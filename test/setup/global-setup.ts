/** Before a Jest run: finds or starts what the selected test files ask for. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserServer } from 'playwright-core';
import {
  startTestClickHouse,
  type TestClickHouseServer,
} from '../clickhouse-server/test-server.ts';
import { prepareLocalBroker } from '../kafka-broker/local-broker.ts';
import { startTestBroker, type TestBroker } from '../kafka-broker/test-broker.ts';
import { startTestBrowser } from './chromium.ts';
import { buildDashboard } from './dashboard-build.ts';
import { preparePrometheus } from './prometheus.ts';
import { preparePython } from './python.ts';
import { isSelectedTestNaming, type TestSelection } from './selected-tests.ts';
import {
  BROKERS_VARIABLE,
  BROWSER_VARIABLE,
  CLICKHOUSE_VARIABLE,
  LOCAL_BROKER_VARIABLE,
  LOG_PROBLEMS_VARIABLE,
  NO_BROKERS_REASON_VARIABLE,
  NO_BROWSER_REASON_VARIABLE,
  NO_CLICKHOUSE_REASON_VARIABLE,
  NO_PROMETHEUS_REASON_VARIABLE,
  NO_PYTHON_REASON_VARIABLE,
  PROMETHEUS_VARIABLE,
  PYTHON_VARIABLE,
} from './variables.ts';

declare global {
  /** From the global setup to the global teardown, which run in one process. */
  var hookpulseTestBroker: TestBroker | undefined;
  var hookpulseTestClickHouse: TestClickHouseServer | undefined;
  var hookpulseTestBrowser: BrowserServer | undefined;
}

/** By which names in a test file its needs are known; longer names that start so count too. */
const NEEDS = {
  kafka: ['describeWithKafka'],
  localKafka: ['describeWithLocalKafka', 'describeOnEachDeployment'],
  clickhouse: ['describeWithClickHouse'],
  browser: ['describeInBrowser'],
  prometheus: ['describeWithPrometheus'],
  python: ['describeWithPython'],
} as const;

// biome-ignore lint/style/noDefaultExport: Jest calls the default export.
export default async function globalSetup(selection: TestSelection): Promise<void> {
  process.env[LOG_PROBLEMS_VARIABLE] = join(tmpdir(), `hookpulse-log-problems-${process.pid}`);
  if (await isSelectedTestNaming(NEEDS.kafka, selection)) {
    await orExplain('Kafka', NO_BROKERS_REASON_VARIABLE, async () => {
      const broker = await startTestBroker();
      globalThis.hookpulseTestBroker = broker;
      process.env[BROKERS_VARIABLE] = broker.brokers.join();
    });
  }
  if (await isSelectedTestNaming(NEEDS.localKafka, selection)) {
    await orExplain('Kafka', NO_BROKERS_REASON_VARIABLE, async () => {
      await prepareLocalBroker();
      process.env[LOCAL_BROKER_VARIABLE] = 'true';
    });
  }
  if (await isSelectedTestNaming(NEEDS.clickhouse, selection)) {
    await orExplain('ClickHouse', NO_CLICKHOUSE_REASON_VARIABLE, async () => {
      const server = await startTestClickHouse();
      globalThis.hookpulseTestClickHouse = server;
      process.env[CLICKHOUSE_VARIABLE] = server.url;
    });
  }
  if (await isSelectedTestNaming(NEEDS.browser, selection)) {
    await orExplain('Browser', NO_BROWSER_REASON_VARIABLE, async () => {
      buildDashboard();
      const browser = await startTestBrowser();
      globalThis.hookpulseTestBrowser = browser;
      process.env[BROWSER_VARIABLE] = browser.wsEndpoint();
    });
  }
  if (await isSelectedTestNaming(NEEDS.prometheus, selection)) {
    await orExplain('Prometheus', NO_PROMETHEUS_REASON_VARIABLE, async () => {
      process.env[PROMETHEUS_VARIABLE] = preparePrometheus();
    });
  }
  if (await isSelectedTestNaming(NEEDS.python, selection)) {
    try {
      process.env[PYTHON_VARIABLE] = preparePython();
    } catch (error) {
      explain('Python', NO_PYTHON_REASON_VARIABLE, error);
    }
  }
}

/** What is missing fails a run in CI, and elsewhere skips the tests that need it. */
async function orExplain(
  what: string,
  reasonVariable: string,
  step: () => Promise<void>,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    if (process.env.CI === 'true') throw error;
    explain(what, reasonVariable, error);
  }
}

function explain(what: string, reasonVariable: string, error: unknown): void {
  console.warn(`${what} tests are skipped. ${String(error)}`);
  const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
  process.env[reasonVariable] = reason;
}
