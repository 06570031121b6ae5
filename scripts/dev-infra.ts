/**
 * `npm run dev:infra`: Kafka on the JVM and chDB behind ClickHouse's HTTP interface, in the foreground
 * at fixed ports, so that the services can be developed as they run in production, without Docker.
 * Their data stay in `data/dev-infra` from one start to the next.
 */
import { once } from 'node:events';
import { startLocalClickHouse } from '../test/clickhouse-server/local-server.ts';
import type { EngineProcess } from '../test/engine-process/engine-process.ts';
import { startLocalBroker } from '../test/kafka-broker/local-broker.ts';
import { announcement } from './dev-infra/announcement.ts';
import { assertPortIsFree } from './dev-infra/assert-port-is-free.ts';
import { type DevInfraOptions, readOptions, USAGE, UsageError } from './dev-infra/options.ts';
import { type EngineFolders, prepareFolder } from './dev-infra/prepare-folder.ts';

interface Engine {
  readonly name: string;
  readonly process: EngineProcess;
}

// While engines start, a signal ends this process, and their guards end them.
try {
  const options = readOptions(process.argv.slice(2));
  if (options.wantsHelp) console.log(USAGE);
  else process.exitCode = await run(options);
} catch (error) {
  console.error(`dev:infra cannot start: ${error instanceof Error ? error.message : error}`);
  if (error instanceof UsageError) console.error('npm run dev:infra -- --help');
  process.exitCode = 1;
}

/** @returns the exit code, once everything is stopped. */
async function run(options: DevInfraOptions): Promise<number> {
  await assertPortIsFree(options.kafkaPort, '--kafka-port');
  await assertPortIsFree(options.clickHousePort, '--clickhouse-port');
  const folders = await prepareFolder(options.folder, options);
  console.log('Starting Kafka and ClickHouse … (the first time, Maven fetches about 80 MB)');
  const engines = await startEngines(options, folders);
  const signalled = Promise.race(
    (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => once(process, signal)),
  ).then(() => null);
  const fallen = engines.map(({ name, process }) => process.ended().then(() => name));
  const fallenName = await Promise.race([signalled, ...fallen]);
  console.log(fallenName === null ? 'Stopping …' : `${fallenName} has ended by itself; stopping …`);
  await Promise.all(engines.map((engine) => engine.process.stop()));
  folders.lock.release();
  return fallenName === null ? 0 : 1;
}

/** Both at once, and none when one of them cannot start. */
async function startEngines(options: DevInfraOptions, folders: EngineFolders): Promise<Engine[]> {
  const starting = [
    startLocalBroker({ port: options.kafkaPort, keptFolder: folders.kafka }),
    startLocalClickHouse({ port: options.clickHousePort, keptFolder: folders.clickHouse }),
  ] as const;
  try {
    const [broker, clickHouse] = await Promise.all(starting);
    console.log(
      announcement({ kafkaBroker: broker.address, clickHouseUrl: clickHouse.url, folders }),
    );
    return [
      { name: 'Kafka', process: broker },
      { name: 'ClickHouse', process: clickHouse },
    ];
  } catch (error) {
    const started = await Promise.allSettled<EngineProcess>(starting);
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.stop()));
    throw error;
  }
}
