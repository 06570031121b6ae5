/**
 * What every start of a local broker would otherwise do again, done once and kept beside the class path:
 * the format of its data folder, and an archive of the classes that it loads. A start then takes a third
 * of the computing time.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, chmod, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startEngine } from '../engine-process/engine-process.ts';
import { brokerProperties } from './broker-properties.ts';
import { TARGET } from './classpath.ts';
import { freePort, LOOPBACK } from './free-port.ts';
import type { JavaTools } from './java-tools.ts';
import { isKafkaAnswering } from './probe.ts';

/** How the broker's Java program is run. */
export interface BrokerProgram extends JavaTools {
  readonly classpath: string;
}

export interface PreparedBroker {
  /** Formatted for the node 1 of a cluster of its own. To be copied. */
  readonly dataDirectory: string;
  /** Flags of the Java machine. */
  readonly flags: readonly string[];
}

export interface ScramUser {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly name: string;
  readonly password: string;
}

/** 16 bytes in base64; each broker is a cluster of its own, so all may have the same. */
const CLUSTER_ID = 'aG9va3B1bHNlLWthZmthMQ';
const JVM_FLAGS = [
  ...['-Xmx512m', '-Xms256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'],
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];
const DATA = 'data';
const ARCHIVE = 'classes.jsa';
/** Several times what a slow machine needs to write the archive. Without it brokers start slowly. */
const ARCHIVE_TIMEOUT_MS = 60_000;

/** The first call on a machine takes as long as two starts of a broker. */
export async function prepareBroker(program: BrokerProgram): Promise<PreparedBroker> {
  const key = createHash('sha256')
    .update([program.version, program.classpath, CLUSTER_ID, ...JVM_FLAGS].join('\n'))
    .digest('hex');
  const folder = join(TARGET, `prepared-${key.slice(0, 16)}`);
  const dataDirectory = join(folder, DATA);
  if (!(await exists(dataDirectory))) await prepareIn(folder, program);
  const archive = join(folder, ARCHIVE);
  const flags = (await exists(archive)) ? [`-XX:SharedArchiveFile=${archive}`] : [];
  return { dataDirectory, flags: [...JVM_FLAGS, ...flags] };
}

/** Formats the data folder that the properties name. */
export async function formatData(
  { java, classpath }: BrokerProgram,
  flags: readonly string[],
  propertiesPath: string,
  scramUsers: readonly ScramUser[] = [],
): Promise<void> {
  await promisify(execFile)(java, [
    ...[...flags, '-cp', classpath, 'kafka.tools.StorageTool', 'format', '--ignore-formatted'],
    ...['--cluster-id', CLUSTER_ID, '--config', propertiesPath],
    ...scramUsers.flatMap(({ mechanism, name, password }) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  ]);
}

/** The folder appears when it is complete: others may prepare the same. */
async function prepareIn(folder: string, program: BrokerProgram): Promise<void> {
  await mkdir(TARGET, { recursive: true });
  const unfinished = await mkdtemp(`${folder}-`);
  const work = await mkdtemp(join(tmpdir(), 'hookpulse-kafka-'));
  try {
    const port = await freePort();
    const propertiesPath = join(work, 'server.properties');
    const dataDirectory = join(work, DATA);
    const properties = brokerProperties({
      host: LOOPBACK,
      brokerPort: port,
      advertisedPort: port,
      controllerPort: await freePort(),
      listeners: [],
      dataDirectory,
      overrides: {},
    });
    await writeFile(propertiesPath, properties);
    await formatData(program, JVM_FLAGS, propertiesPath);
    await cp(dataDirectory, join(unfinished, DATA), { recursive: true });
    await archiveClasses(program, work, propertiesPath, port, join(unfinished, ARCHIVE));
    // As any other folder of the checkout: `mkdtemp` has made it for its owner alone.
    await chmod(unfinished, 0o755);
    await rename(unfinished, folder).catch(async (error) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Java writes the archive when a broker that answered ends in its own way. */
async function archiveClasses(
  { java, classpath }: BrokerProgram,
  folder: string,
  propertiesPath: string,
  port: number,
  archive: string,
): Promise<void> {
  const flags = [...JVM_FLAGS, `-XX:ArchiveClassesAtExit=${archive}`];
  const engine = await startEngine({
    name: 'The Kafka broker',
    command: [java, ...flags, '-cp', classpath, 'kafka.Kafka', propertiesPath],
    folder,
    fate: 'deleted',
    logPath: join(folder, 'broker.log'),
    isAnswering: () => isKafkaAnswering([`${LOOPBACK}:${port}`]),
  });
  process.kill(await engine.pid(), 'SIGTERM');
  await Promise.race([engine.ended(), delay(ARCHIVE_TIMEOUT_MS, null, { ref: false })]);
  await engine.close();
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
