/** A real ClickHouse server in a container, for tests on machines with a Docker engine. */
import { GenericContainer, Wait } from 'testcontainers';
import { imageOf } from '../setup/images.ts';
import type { TestClickHouseServer } from './test-server.ts';

const HTTP_PORT = 8123;
/** User, password and database. */
const NAME = 'hookpulse';

/** Resolves when the server answers. It goes with this process, killed or not. */
export async function startContainerClickHouse(): Promise<TestClickHouseServer> {
  const container = await new GenericContainer(imageOf('clickhouse'))
    .withExposedPorts(HTTP_PORT)
    .withEnvironment({
      CLICKHOUSE_DB: NAME,
      CLICKHOUSE_USER: NAME,
      CLICKHOUSE_PASSWORD: NAME,
    })
    .withWaitStrategy(Wait.forHttp('/ping', HTTP_PORT))
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(HTTP_PORT)}`;
  return {
    url: `http://${NAME}:${NAME}@${address}/${NAME}`,
    close: async () => {
      await container.stop();
    },
  };
}
