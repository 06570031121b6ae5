/** The ClickHouse of a test run: one that is given, one in a container, or chDB behind HTTP. */
import { isDockerAnswering } from '../setup/docker.ts';
import { startContainerClickHouse } from './container-server.ts';
import { startLocalClickHouse } from './local-server.ts';
import { isClickHouseAnswering } from './probe.ts';

export interface TestClickHouseServer {
  /** What `CLICKHOUSE_URL` takes. The user may create databases: each test file has its own. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startTestClickHouse(): Promise<TestClickHouseServer> {
  const { CLICKHOUSE_URL: given } = process.env;
  if (given) {
    if (await isClickHouseAnswering(given)) return { url: given, close: async () => undefined };
    throw new Error(`No ClickHouse answers at ${new URL(given).host}`);
  }
  if (await isDockerAnswering()) {
    try {
      return await startContainerClickHouse();
    } catch (error) {
      console.warn(`No ClickHouse in a container (${String(error)}); taking chDB behind HTTP`);
    }
  }
  return startLocalClickHouse();
}
