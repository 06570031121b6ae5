/** `npm run dev:infra`: both engines at fixed ports, whose data outlive it, and clear refusals. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { openClickHouse } from '@hookpulse/store/open-client';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { isClickHouseAnswering } from './clickhouse-server/probe.ts';
import { freePort } from './kafka-broker/free-port.ts';
import { isKafkaAnswering } from './kafka-broker/probe.ts';
import { describeWithLocalKafka } from './setup/requirements.ts';

const PROGRAM = join(import.meta.dirname, '..', 'scripts', 'dev-infra.ts');

let folder: string;
const running: DevInfra[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-dev-infra-'));
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

/** The program with its standard input closed, as a script would run it. */
class DevInfra {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown[]>;
  output = '';

  constructor(args: readonly string[]) {
    const flags = ['--disable-warning=ExperimentalWarning', PROGRAM, '--data-dir', folder];
    this.#child = spawn(process.execPath, [...flags, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'close');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    running.push(this);
  }

  /** Resolves with the exit code; null after a SIGKILL. */
  async ended(): Promise<unknown> {
    return (await this.#exited)[0];
  }

  async stop(signal: NodeJS.Signals): Promise<unknown> {
    this.#child.kill(signal);
    return this.ended();
  }

  /** The value of an `export` line; waits for it. */
  exported(name: string): Promise<string> {
    return until(`${name} in: ${this.output}`, () => {
      return new RegExp(`^export ${name}=(\\S+)$`, 'm').exec(this.output)?.[1];
    });
  }
}

describeWithLocalKafka('npm run dev:infra', () => {
  test('keeps the data of both engines, however it ends, until it starts afresh', async () => {
    const [kafkaPort, clickHousePort] = [await freePort(), await freePort()];
    const ports = ['--kafka-port', `${kafkaPort}`, '--clickhouse-port', `${clickHousePort}`];

    const first = new DevInfra(ports);
    const broker = await first.exported('KAFKA_BROKERS');
    const url = await first.exported('CLICKHOUSE_URL');
    expect(broker).toBe(`127.0.0.1:${kafkaPort}`);
    expect(new URL(url).port).toBe(`${clickHousePort}`);
    await createTopic(broker, 'kept');
    await runStatement(url, 'CREATE TABLE kept (a UInt8) ENGINE = MergeTree ORDER BY a');
    expect(await first.stop('SIGTERM')).toBe(0);
    expect(await isKafkaAnswering([broker])).toBe(false);
    expect(await isClickHouseAnswering(url)).toBe(false);

    const second = new DevInfra(ports);
    expect(await second.exported('CLICKHOUSE_URL')).toBe(url);
    expect(await topics(broker)).toContain('kept');
    await runStatement(url, 'INSERT INTO kept VALUES (1)');
    await second.stop('SIGKILL');
    await until('the engines to go too', async () => {
      return !(await isKafkaAnswering([broker])) && !(await isClickHouseAnswering(url));
    });

    const unsure = new DevInfra([...ports, '--fresh']);
    expect(await unsure.ended()).toBe(1);
    expect(unsure.output).toContain('add --yes');

    const third = new DevInfra([...ports, '--fresh', '--yes']);
    expect(await third.exported('CLICKHOUSE_URL')).toBe(url);
    expect(await topics(broker)).not.toContain('kept');
    await expect(runStatement(url, 'SELECT * FROM kept')).rejects.toMatchObject({ code: '60' });

    const otherPorts = [await freePort(), await freePort()];
    const fourth = new DevInfra([
      '--kafka-port',
      `${otherPorts[0]}`,
      '--clickhouse-port',
      `${otherPorts[1]}`,
    ]);
    expect(await fourth.ended()).toBe(1);
    expect(fourth.output).toContain(`${folder} is in use`);
  });
});

describe('npm run dev:infra refuses', () => {
  test('a port that is taken, and says how to choose another', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port was given');
    const free = `${await freePort()}`;
    const taken = new DevInfra(['--kafka-port', free, '--clickhouse-port', `${address.port}`]);
    expect(await taken.ended()).toBe(1);
    expect(taken.output).toMatch(
      new RegExp(`^dev:infra cannot start: port ${address.port} is in use: .*--clickhouse-port`),
    );
    server.close();
  });

  test.each([
    [['--kafka-port', 'x'], '--kafka-port takes a port'],
    [['--unknown'], "Unknown option '--unknown'"],
  ])('%j', async (args, reason) => {
    const refused = new DevInfra(args);
    expect(await refused.ended()).toBe(1);
    expect(refused.output).toContain(reason);
    expect(refused.output).not.toMatch(/\n\s+at /);
  });

  test('nobody who asks for help', async () => {
    const help = new DevInfra(['--help']);
    expect(await help.ended()).toBe(0);
    expect(help.output).toContain('--clickhouse-port');
  });
});

function admin(broker: string) {
  return new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
}

async function createTopic(broker: string, topic: string): Promise<void> {
  const client = admin(broker);
  await client.connect();
  await client.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
  await client.disconnect();
}

async function topics(broker: string): Promise<string[]> {
  const client = admin(broker);
  await client.connect();
  const names = await client.listTopics();
  await client.disconnect();
  return names;
}

async function runStatement(url: string, query: string): Promise<void> {
  const client = await openClickHouse({ url, dataDir: '' });
  try {
    await client.command({ query });
  } finally {
    await client.close();
  }
}
