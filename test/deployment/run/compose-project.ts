/** docker-compose.yml as a project of its own: own name, own ports, own secrets. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { freePort } from '../../kafka-broker/free-port.ts';
import { ROOT, SERVICES, type ServiceName } from '../compose.ts';
import { run } from './command.ts';
import type { DockerEngine } from './docker-engine.ts';
import { lowOpenFilesLimit } from './open-files.ts';

export type Engine = 'kafka' | 'clickhouse' | 'mailpit';

export interface PublishedPorts {
  readonly ingest: number;
  readonly queryApi: number;
  readonly mailpit: number;
  readonly kafka: number;
  readonly clickhouse: number;
}

/** Waiting for what may take long on a machine that does other things too. */
const PATIENCE_MS = 300_000;

export class ComposeProject {
  readonly name: string;
  readonly ports: PublishedPorts;
  readonly adminToken: string;
  readonly clickhousePassword: string;
  readonly #engine: DockerEngine;
  readonly #words: readonly string[];
  readonly #folder: string;

  private constructor(
    engine: DockerEngine,
    words: readonly string[],
    folder: string,
    given: { name: string; ports: PublishedPorts; adminToken: string; clickhousePassword: string },
  ) {
    this.#engine = engine;
    this.#words = words;
    this.#folder = folder;
    this.name = given.name;
    this.ports = given.ports;
    this.adminToken = given.adminToken;
    this.clickhousePassword = given.clickhousePassword;
  }

  /** @param env - more lines of `.env`. `close` removes all that it made. */
  static async create(
    engine: DockerEngine,
    compose: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<ComposeProject> {
    const folder = await mkdtemp(join(tmpdir(), 'hookpulse-compose-'));
    const ports: PublishedPorts = {
      ingest: await freePort(),
      queryApi: await freePort(),
      mailpit: await freePort(),
      kafka: await freePort(),
      clickhouse: await freePort(),
    };
    const adminToken = randomUUID().replaceAll('-', '');
    const clickhousePassword = randomUUID().replaceAll('-', '');
    const lines = Object.entries({
      ADMIN_TOKEN: adminToken,
      CLICKHOUSE_PASSWORD: clickhousePassword,
      INGEST_PORT: `${ports.ingest}`,
      QUERY_API_PORT: `${ports.queryApi}`,
      MAILPIT_PORT: `${ports.mailpit}`,
      KAFKA_PORT: `${ports.kafka}`,
      CLICKHOUSE_PORT: `${ports.clickhouse}`,
      ...env,
    }).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, '.env'), lines.join(''));
    await writeFile(join(folder, 'machine.yml'), overrides());
    const name = `hookpulse-deployment-${process.pid}`;
    return new ComposeProject(engine, compose, folder, {
      ...{ name, ports, adminToken, clickhousePassword },
    });
  }

  /** @returns what Compose printed. @throws Error as `run` does */
  async compose(...args: readonly string[]): Promise<string> {
    const [command = '', ...first] = this.#words;
    return run(command, [
      ...[...first, '--project-name', this.name, '--env-file', join(this.#folder, '.env')],
      ...['docker-compose.yml', 'docker-compose.host.yml'].flatMap((file) => [
        '--file',
        join(ROOT, file),
      ]),
      ...['--file', join(this.#folder, 'machine.yml'), ...args],
    ]);
  }

  /** Starts what does not run, and resolves when all is healthy. */
  async up(...args: readonly string[]): Promise<void> {
    await this.compose('up', '--detach', '--wait', '--no-build', ...args);
  }

  /** Of a service or an engine; of all with no name, those that ended among them. */
  async containers(name?: ServiceName | Engine): Promise<string[]> {
    const ids = await this.compose('ps', '--all', '--quiet', ...(name ? [name] : []));
    return ids.split('\n').filter((id) => id !== '');
  }

  async container(name: ServiceName | Engine): Promise<string> {
    const [id] = await this.containers(name);
    if (id === undefined) throw new Error(`${name} has no container`);
    return id;
  }

  /** A field of what the engine says of a container, by a template of Go. */
  async inspect(id: string, template: string): Promise<string> {
    return this.#engine.docker('inspect', '--format', template, id);
  }

  /** Runs a command in the container. @returns what it printed. @throws Error when it fails */
  async exec(id: string, ...command: readonly string[]): Promise<string> {
    return this.#engine.docker('exec', id, ...command);
  }

  /** By the check itself, at once; the engine's own view of it is some seconds old. */
  async isReady(id: string): Promise<boolean> {
    return this.exec(id, '/app/scripts/health-check.sh').then(
      () => true,
      () => false,
    );
  }

  async untilReady(id: string): Promise<void> {
    await until(`${id.slice(0, 12)} to be ready`, () => this.isReady(id), PATIENCE_MS);
  }

  /** Removes containers, networks and volumes, whatever state they are in. */
  async close(): Promise<void> {
    try {
      await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '1');
    } finally {
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}

/** What this machine needs beside the files as they stand. */
function overrides(): string {
  // The images were built before, and not every Compose can hand npm's settings to a build.
  const services = SERVICES.map((name) => `  ${name}: { pull_policy: never }\n`);
  const limit = lowOpenFilesLimit();
  if (limit === null) return `services:\n${services.join('')}`;
  console.log(`Engines may open only ${limit} files here: this machine allows no more.`);
  const ulimits = `{ ulimits: { nofile: { soft: ${limit}, hard: ${limit} } } }`;
  return `services:\n${services.join('')}  kafka: ${ulimits}\n  clickhouse: ${ulimits}\n`;
}
