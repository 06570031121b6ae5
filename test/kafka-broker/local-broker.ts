/**
 * A real Apache Kafka broker on the local Java machine, for tests: free loopback ports, a folder of
 * its own, gone with the process that started it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brokerProperties } from './broker-properties.ts';
import { resolveClasspath } from './classpath.ts';
import { freePort } from './free-port.ts';
import { KEEP_FOLDER, pidPath } from './guard-protocol.ts';
import { findJavaTools } from './java-tools.ts';
import { isKafkaAnswering } from './probe.ts';

export interface LocalBroker {
  /** `host:port` */
  readonly address: string;
  /** Kills the broker's process; what it has stored stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, at the same address. Resolves when it answers. */
  restart(): Promise<void>;
  /** Stops the process without ending it: connections stay, and nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Kills it and deletes its folder. */
  close(): Promise<void>;
}

export interface LocalBrokerOptions {
  /** Port that clients are sent to after the first answer: of a proxy in front. Default: its own. */
  readonly advertisedPort?: number;
  /** Settings of `server.properties` beside, or instead of, the usual ones. */
  readonly properties?: Readonly<Record<string, string | number>>;
}

const GUARD = fileURLToPath(new URL('./guard.ts', import.meta.url));
/** 16 bytes in base64; each broker is a cluster of its own, so all may have the same. */
const CLUSTER_ID = 'aG9va3B1bHNlLWthZmthMQ';
const JVM_FLAGS = [
  ...['-Xmx512m', '-Xms256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'],
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];
const POLL_INTERVAL_MS = 50;
/** Several times what a slow machine needs. */
const START_TIMEOUT_MS = 60_000;

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
  const { java, classpath } = await prepareLocalBroker();
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-kafka-'));
  try {
    const address = await writeStorage(java, classpath, folder, options);
    let guard = await startProcess(java, classpath, folder, address);
    return {
      address,
      kill: () => endProcess(guard, KEEP_FOLDER),
      restart: async () => {
        guard = await startProcess(java, classpath, folder, address);
      },
      freeze: () => signal(folder, 'SIGSTOP'),
      thaw: () => signal(folder, 'SIGCONT'),
      close: async () => {
        await endProcess(guard, '');
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Writes the settings and formats the storage. Answers the broker's address. */
async function writeStorage(
  java: string,
  classpath: string,
  folder: string,
  options: LocalBrokerOptions,
): Promise<string> {
  const [brokerPort, controllerPort] = [await freePort(), await freePort()];
  const properties = brokerProperties({
    brokerPort,
    advertisedPort: options.advertisedPort ?? brokerPort,
    controllerPort,
    dataDirectory: join(folder, 'data'),
    overrides: options.properties ?? {},
  });
  await writeFile(propertiesPath(folder), properties);
  await promisify(execFile)(java, [
    ...[...JVM_FLAGS, '-cp', classpath, 'kafka.tools.StorageTool', 'format'],
    ...['--cluster-id', CLUSTER_ID, '--config', propertiesPath(folder)],
  ]);
  return `127.0.0.1:${brokerPort}`;
}

async function startProcess(
  java: string,
  classpath: string,
  folder: string,
  address: string,
): Promise<ChildProcess> {
  const logPath = join(folder, 'broker.log');
  const log = await open(logPath, 'a');
  const command = [java, ...JVM_FLAGS, '-cp', classpath, 'kafka.Kafka', propertiesPath(folder)];
  const guard = spawn(process.execPath, [GUARD, folder, ...command], {
    stdio: ['pipe', log.fd, log.fd],
  });
  await log.close();
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  while (!(await isKafkaAnswering([address]))) {
    if (guard.exitCode !== null || Date.now() > deadlineMs) {
      await endProcess(guard, KEEP_FOLDER);
      const said = await readFile(logPath, 'utf8');
      throw new Error(`The Kafka broker did not start:\n${said.slice(-4_000)}`);
    }
    await setTimeout(POLL_INTERVAL_MS);
  }
  return guard;
}

async function endProcess(guard: ChildProcess, lastWords: string): Promise<void> {
  if (guard.exitCode !== null || guard.signalCode !== null) return;
  const exited = once(guard, 'exit');
  guard.stdin?.end(lastWords);
  await exited;
}

async function signal(folder: string, name: NodeJS.Signals): Promise<void> {
  process.kill(Number(await readFile(pidPath(folder), 'utf8')), name);
}

function propertiesPath(folder: string): string {
  return join(folder, 'server.properties');
}
