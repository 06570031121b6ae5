/** Environment variables by which Jest's global setup tells the tests about Kafka. */

/** Addresses of the brokers of this run, comma-separated. */
export const BROKERS_VARIABLE = 'HOOKPULSE_TEST_KAFKA_BROKERS';
/** Why there are none. */
export const NO_BROKERS_REASON_VARIABLE = 'HOOKPULSE_TEST_KAFKA_MISSING';
/** Set when tests may start brokers of their own; else the variable above says why not. */
export const LOCAL_BROKER_VARIABLE = 'HOOKPULSE_TEST_LOCAL_KAFKA';
