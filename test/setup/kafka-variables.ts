/** Environment variables by which Jest's global setup tells the tests about Kafka. */

/** Addresses of the brokers of this run, comma-separated. */
export const BROKERS_VARIABLE = 'HOOKPULSE_TEST_KAFKA_BROKERS';
/** Why there are none. */
export const NO_BROKERS_REASON_VARIABLE = 'HOOKPULSE_TEST_KAFKA_MISSING';
