/**
 * A real Apache Kafka broker on the local Java machine, for tests and development: a process of its
 * own, gone with the process that started it.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from '../engine-process/engine-process.ts';
import { type BrokerListener, brokerProperties } from './broker-properties.ts';
import { resolveClasspath } from './classpath.ts';
import { freePort, LOOPBACK } from './free-port.ts';
import { findJava } from './java-tools.ts';
import {
  type BrokerProgram,
  formatData,
  prepareBroker,
  type ScramUser,
} from './prepared-broker.ts';
import { isKafkaAnswering } from './probe.ts';

/** `close` deletes the data unless `keptFolder` was given. */
export interface LocalBroker extends EngineProcess {
  /** `host:port` */
  readonly address: string;
}

export interface LocalBrokerOptions {
  /** Where it listens, and is reached. Default: the loopback address. */
  readonly host?: string;
  /** Where it listens. Default: any free port. */
  readonly port?: number;
  /** Where its controller listens. Default: any free port. */
  readonly controllerPort?: number;
  /** Port that clients are sent to after the first answer: of a proxy in front. Default: its own. */
  readonly advertisedPort?: number;
  /** A command that becomes the command that it is given. Default: none. */
  readonly launcher?: readonly string[];
  /** How long it may take until it answers. Default: that of any engine. */
  readonly startTimeoutMs?: number;
  /** Settings of `server.properties` beside, or instead of, the usual ones. */
  readonly properties?: Readonly<Record<string, string | number>>;
  /** Ways in beside the plain one of `address`, such as over TLS. */
  readonly listeners?: readonly BrokerListener[];
  /** Users that can authenticate by SCRAM, on listeners that have it. */
  readonly scramUsers?: readonly ScramUser[];
  /** Holds its data, which stay there for the next start. Default: a temporary one. */
  readonly keptFolder?: string;
}

/** In these the formatted folder differs from that of every other broker. */
const FORMAT_PROPERTIES = ['node.id', 'process.roles'];

/** Finds Java and fetches the jars, for which it needs Maven. @throws MissingJavaError */
export async function prepareLocalBroker(): Promise<BrokerProgram> {
  const tools = findJava();
  return { ...tools, classpath: await resolveClasspath() };
}

/**
 * Resolves when the broker answers.
 * @throws MissingJavaError, or an error with the end of the broker's own log
 */
export async function startLocalBroker(options: LocalBrokerOptions = {}): Promise<LocalBroker> {
  const program = await prepareLocalBroker();
  const { keptFolder } = options;
  if (keptFolder !== undefined) {
    await mkdir(keptFolder, { recursive: true });
    return startIn(keptFolder, program, options);
  }
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-kafka-'));
  try {
    return await startIn(folder, program, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(
  folder: string,
  program: BrokerProgram,
  options: LocalBrokerOptions,
): Promise<LocalBroker> {
  const { host = LOOPBACK } = options;
  const port = options.port ?? (await freePort());
  const propertiesPath = join(folder, 'server.properties');
  const dataDirectory = join(folder, 'data');
  const properties = brokerProperties({
    host,
    brokerPort: port,
    advertisedPort: options.advertisedPort ?? port,
    controllerPort: options.controllerPort ?? (await freePort()),
    listeners: options.listeners ?? [],
    dataDirectory,
    overrides: options.properties ?? {},
  });
  await writeFile(propertiesPath, properties);
  const prepared = await prepareBroker(program);
  if (isFormattedAsPrepared(options)) {
    // What was kept from an earlier start stays as it is.
    if (!existsSync(dataDirectory)) {
      await cp(prepared.dataDirectory, dataDirectory, { recursive: true });
    }
  } else {
    await formatData(program, prepared.flags, propertiesPath, options.scramUsers);
  }
  const address = `${host}:${port}`;
  const [command = program.java, ...args] = [...(options.launcher ?? []), program.java];
  const engine = await startEngine({
    name: 'The Kafka broker',
    command: [
      command,
      ...[...args, ...prepared.flags, '-cp', program.classpath, 'kafka.Kafka', propertiesPath],
    ],
    folder,
    fate: options.keptFolder === undefined ? 'deleted' : 'kept',
    logPath: join(folder, 'broker.log'),
    isAnswering: () => isKafkaAnswering([address]),
    startTimeoutMs: options.startTimeoutMs,
  });
  return { address, ...engine };
}

function isFormattedAsPrepared({ scramUsers, properties = {} }: LocalBrokerOptions): boolean {
  return scramUsers === undefined && !FORMAT_PROPERTIES.some((name) => name in properties);
}
