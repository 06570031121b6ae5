/**
 * A real Apache Kafka broker on the local Java machine, for tests and development: a process of its
 * own, gone with the process that started it.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EngineProcess, startEngine } from '../engine-process/engine-process.ts';
import { type BrokerListener, brokerProperties } from './broker-properties.ts';
import { resolveClasspath } from './classpath.ts';
import { freePort } from './free-port.ts';
import { findJavaTools } from './java-tools.ts';
import { isKafkaAnswering } from './probe.ts';

/** `close` deletes the data unless `keptFolder` was given. */
export interface LocalBroker extends EngineProcess {
  /** `host:port` */
  readonly address: string;
}

export interface LocalBrokerOptions {
  /** Where it listens. Default: any free port. */
  readonly port?: number;
  /** Port that clients are sent to after the first answer: of a proxy in front. Default: its own. */
  readonly advertisedPort?: number;
  /** Settings of `server.properties` beside, or instead of, the usual ones. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** Ways in beside the plain one of `address`, such as over TLS. */
  readonly listeners?: readonly BrokerListener[];
  /** Users that can authenticate by SCRAM, on listeners that have it. */
  readonly scramUsers?: readonly ScramUser[];
  /** Holds its data, which stay there for the next start. Default: a temporary one. */
  readonly keptFolder?: string;
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

/** Finds Java and Maven and fetches the jars. @throws MissingJavaError */
export async function prepareLocalBroker(): Promise<{ java: string; classpath: string }> {
  const { java, maven } = findJavaTools();
  return { java, classpath: await resolveClasspath(maven) };
}

/**
 * Resolves when the broker answers.
 * @throws MissingJavaError, or an error with the end of the broker's own log
 */
export async function startLocalBroker(options: LocalBrokerOptions = {}): Promise<LocalBroker> {
  const tools = await prepareLocalBroker();
  const { keptFolder } = options;
  if (keptFolder !== undefined) {
    await mkdir(keptFolder, { recursive: true });
    return startIn(keptFolder, tools, options);
  }
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-kafka-'));
  try {
    return await startIn(folder, tools, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(
  folder: string,
  { java, classpath }: { java: string; classpath: string },
  options: LocalBrokerOptions,
): Promise<LocalBroker> {
  const port = options.port ?? (await freePort());
  const propertiesPath = join(folder, 'server.properties');
  const properties = brokerProperties({
    brokerPort: port,
    advertisedPort: options.advertisedPort ?? port,
    controllerPort: await freePort(),
    listeners: options.listeners ?? [],
    dataDirectory: join(folder, 'data'),
    overrides: options.properties ?? {},
  });
  await writeFile(propertiesPath, properties);
  const runJava = [...JVM_FLAGS, '-cp', classpath];
  await promisify(execFile)(java, [
    ...[...runJava, 'kafka.tools.StorageTool', 'format', '--ignore-formatted'],
    ...['--cluster-id', CLUSTER_ID, '--config', propertiesPath],
    ...(options.scramUsers ?? []).flatMap(({ mechanism, name, password }) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  ]);
  const address = `127.0.0.1:${port}`;
  const engine = await startEngine({
    name: 'The Kafka broker',
    command: [java, ...runJava, 'kafka.Kafka', propertiesPath],
    folder,
    fate: options.keptFolder === undefined ? 'deleted' : 'kept',
    logPath: join(folder, 'broker.log'),
    isAnswering: () => isKafkaAnswering([address]),
  });
  return { address, ...engine };
}
