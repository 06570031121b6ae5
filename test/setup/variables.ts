/** Environment variables by which Jest's global setup tells the tests what it has found. */

/** Addresses of the Kafka brokers of this run, comma-separated. */
export const BROKERS_VARIABLE = 'HOOKPULSE_TEST_KAFKA_BROKERS';
/** Set when tests may start brokers of their own. */
export const LOCAL_BROKER_VARIABLE = 'HOOKPULSE_TEST_LOCAL_KAFKA';
/** Why one of the two is missing. */
export const NO_BROKERS_REASON_VARIABLE = 'HOOKPULSE_TEST_KAFKA_MISSING';
/** URL of the ClickHouse server of this run. */
export const CLICKHOUSE_VARIABLE = 'HOOKPULSE_TEST_CLICKHOUSE_URL';
/** Why there is none. */
export const NO_CLICKHOUSE_REASON_VARIABLE = 'HOOKPULSE_TEST_CLICKHOUSE_MISSING';
/** WebSocket address of the browser of this run. */
export const BROWSER_VARIABLE = 'HOOKPULSE_TEST_BROWSER';
/** Why there is none. */
export const NO_BROWSER_REASON_VARIABLE = 'HOOKPULSE_TEST_BROWSER_MISSING';
/** The folder of Prometheus and promtool; empty: they are on the path. */
export const PROMETHEUS_VARIABLE = 'HOOKPULSE_TEST_PROMETHEUS';
/** Why there is none. */
export const NO_PROMETHEUS_REASON_VARIABLE = 'HOOKPULSE_TEST_PROMETHEUS_MISSING';
/** File in which lines of logs are noted that must not be there. */
export const LOG_PROBLEMS_VARIABLE = 'HOOKPULSE_TEST_LOG_PROBLEMS';
/** The Python of this run that has aiogram. */
export const PYTHON_VARIABLE = 'HOOKPULSE_TEST_PYTHON';
/** Why there is none. */
export const NO_PYTHON_REASON_VARIABLE = 'HOOKPULSE_TEST_PYTHON_MISSING';
