/**
 * `npm run dev:infra`: Kafka on the JVM and chDB behind ClickHouse's HTTP interface, in the foreground
 * at fixed ports, so that the services can be developed as they run in production, without Docker.
 * Their data stay in `data/dev-infra` from one start to the next.
 */
import { once } from 'node:events';
import {
  type LocalClickHouse,
  startLocalClickHouse,
} from '../test/clickhouse-server/local-server.ts';
import type { EngineProcess } from '../test/engine-process/engine-process.ts';
import { type LocalBroker, startLocalBroker } from '../test/kafka-broker/local-broker.ts';
import { assertPortIsFree, PortTakenError } from './assert-port-is-free.ts';
import { announcement } from './dev-infra/announcement.ts';
import { type DevInfraOptions, readOptions, USAGE, UsageError } from './dev-infra/options.ts';
import { type EngineFolders, prepareFolder } from './dev-infra/prepare-folder.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// While engines start, a signal ends this process, and their guards end them.
try {
  const options = readOptions(process.argv.slice(2));
  if (options.wantsHelp) console.log(USAGE);
  else process.exitCode = await run(options);
} catch (error) {
  console.error(`dev:infra cannot start: ${error instanceof Error ? error.message : error}`);
  const isOfOptions = error instanceof UsageError || error instanceof PortTakenError;
  if (isOfOptions) console.error('npm run dev:infra -- --help');
  process.exitCode = 1;
}

/** @returns the exit code, once everything is stopped. */
async function run(options: DevInfraOptions): Promise<number> {
  await assertPortIsFree(options.kafkaPort, '--kafka-port');
  await assertPortIsFree(options.clickHousePort, '--clickhouse-port');
  const folders = await prepareFolder(options.folder, options);
  console.log('Starting Kafka and ClickHouse … (the first time, Maven fetches about 80 MB)');
  const [broker, clickHouse] = await startEngines(options, folders);
  const signalled = Promise.race(STOP_SIGNALS.map((signal) => once(process, signal)));
  console.log(
    announcement({ kafkaBroker: broker.address, clickHouseUrl: clickHouse.url, folders }),
  );
  const reason = await Promise.race([
    signalled.then(() => null),
    broker.ended().then(() => 'Kafka stopped unexpectedly'),
    clickHouse.ended().then(() => 'ClickHouse stopped unexpectedly'),
  ]);
  console.log(`${reason === null ? '' : `${reason}: see its log. `}Stopping …`);
  await Promise.all([broker.stop(), clickHouse.stop()]);
  folders.lock.release();
  return reason === null ? 0 : 1;
}

/** Both at once, and none when one of them cannot start. */
async function startEngines(
  options: DevInfraOptions,
  folders: EngineFolders,
): Promise<readonly [LocalBroker, LocalClickHouse]> {
  const starting = [
    startLocalBroker({ port: options.kafkaPort, keptFolder: folders.kafka }),
    startLocalClickHouse({ port: options.clickHousePort, keptFolder: folders.clickHouse }),
  ] as const;
  try {
    return await Promise.all(starting);
  } catch (error) {
    const started = await Promise.allSettled<EngineProcess>(starting);
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.stop()));
    throw error;
  }
}
