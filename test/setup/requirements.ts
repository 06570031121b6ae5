/**
 * What tests need from the system and may not find. Jest's global setup looks for it and tells the
 * tests by environment variables. A test file asks for it with a `describe` of this module, or of one
 * that is built on it, by whose name in the file the setup recognises the need.
 *
 * Something missing fails a run with `CI=true`, but for Python, which only bots of tests are written in;
 * otherwise the tests that need it are skipped, and their names say why.
 */
import { describe } from '@jest/globals';
import { startLocalBroker } from '../kafka-broker/local-broker.ts';
import {
  BROKERS_VARIABLE,
  BROWSER_VARIABLE,
  CLICKHOUSE_VARIABLE,
  LOCAL_BROKER_VARIABLE,
  NO_BROKERS_REASON_VARIABLE,
  NO_BROWSER_REASON_VARIABLE,
  NO_CLICKHOUSE_REASON_VARIABLE,
  NO_PROMETHEUS_REASON_VARIABLE,
  NO_PYTHON_REASON_VARIABLE,
  PROMETHEUS_VARIABLE,
  PYTHON_VARIABLE,
} from './variables.ts';

/** Addresses of a real Kafka for this run, or null when there is none. Topics are to be unique. */
export function kafkaBrokers(): readonly string[] | null {
  return process.env[BROKERS_VARIABLE]?.split(',') ?? null;
}

/** A `describe` that is skipped, with the reason in its name, where there is no Kafka. */
export function describeWithKafka(
  name: string,
  declareTests: (brokers: readonly string[]) => void,
): void {
  const brokers = kafkaBrokers();
  describeIf(brokers !== null, NO_BROKERS_REASON_VARIABLE, name, () => declareTests(brokers ?? []));
}

/** The same for tests that start, kill and freeze brokers of their own. */
export function describeWithLocalKafka(
  name: string,
  declareTests: (startBroker: typeof startLocalBroker) => void,
): void {
  const isPossible = process.env[LOCAL_BROKER_VARIABLE] !== undefined;
  describeIf(isPossible, NO_BROKERS_REASON_VARIABLE, name, () => declareTests(startLocalBroker));
}

/**
 * Declares the tests twice: with the embedded ClickHouse (null), and with a server that is reached
 * over HTTP, by its URL. What `openTestClickHouse` opens from either is one of the test file's own.
 */
export function describeWithClickHouse(
  name: string,
  declareTests: (serverUrl: string | null) => void,
): void {
  describe(`${name}, embedded`, () => declareTests(null));
  describeWithClickHouseServer(`${name}, over HTTP`, declareTests);
}

/** With the server alone; skipped, with the reason in its name, where there is none. */
export function describeWithClickHouseServer(
  name: string,
  declareTests: (serverUrl: string) => void,
): void {
  const serverUrl = process.env[CLICKHOUSE_VARIABLE];
  describeIf(serverUrl !== undefined, NO_CLICKHOUSE_REASON_VARIABLE, name, () =>
    declareTests(serverUrl ?? ''),
  );
}

/** In the browser of this run, by its WebSocket address; skipped, with the reason, where there is none. */
export function describeInBrowser(
  name: string,
  declareTests: (browserAddress: string) => void,
): void {
  const address = process.env[BROWSER_VARIABLE];
  describeIf(address !== undefined, NO_BROWSER_REASON_VARIABLE, name, () =>
    declareTests(address ?? ''),
  );
}

/** With the folder of Prometheus and promtool (empty: they are on the path); skipped, with the reason, where there are none. */
export function describeWithPrometheus(name: string, declareTests: (folder: string) => void): void {
  const folder = process.env[PROMETHEUS_VARIABLE];
  describeIf(folder !== undefined, NO_PROMETHEUS_REASON_VARIABLE, name, () =>
    declareTests(folder ?? ''),
  );
}

/** With a Python that has aiogram and python-telegram-bot, by its path; skipped, with the reason, where there is none. */
export function describeWithPython(name: string, declareTests: (python: string) => void): void {
  const python = process.env[PYTHON_VARIABLE];
  describeIf(python !== undefined, NO_PYTHON_REASON_VARIABLE, name, () =>
    declareTests(python ?? ''),
  );
}

/**
 * For what else may be missing, also in CI.
 * @param reason - why the tests are skipped; null: they are not
 * @param describeIt - one of the above for tests that also need it
 */
export function describeUnless(
  reason: string | null,
  name: string,
  declareTests: () => void,
  describeIt: (name: string, declareTests: () => void) => void = describe,
): void {
  if (reason === null) describeIt(name, declareTests);
  else describe.skip(`${name} (skipped: ${reason})`, declareTests);
}

function describeIf(
  isPossible: boolean,
  reasonVariable: string,
  name: string,
  declareTests: () => void,
): void {
  const reason = isPossible ? null : process.env[reasonVariable];
  if (reason === undefined) {
    throw new Error(
      `${name}: the global setup did not see that this file has a need (NEEDS there)`,
    );
  }
  describeUnless(reason, name, declareTests);
}
