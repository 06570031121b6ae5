/** Where `npm run dev:infra` has its engines, and `npm run dev` looks for them. */

export const DEV_KAFKA_PORT = 9_092;
export const DEV_CLICKHOUSE_PORT = 8_123;

export const DEV_ENGINES = {
  KAFKA_BROKERS: `127.0.0.1:${DEV_KAFKA_PORT}`,
  CLICKHOUSE_URL: `http://hookpulse:hookpulse@127.0.0.1:${DEV_CLICKHOUSE_PORT}/hookpulse`,
} as const;
