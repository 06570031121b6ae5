/**
 * The Docker of this machine; with `CI=true` one is installed and started where there is none. Its daemon
 * has a socket of its own, so that no other program takes it for the machine's, and keeps its images in
 * DATA_ROOT for the next run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { installIfAllowed } from '../../setup/programs.ts';
import { run, succeeds } from './command.ts';

export interface DockerEngine {
  /** The client, as an absolute path or a name. */
  readonly client: string;
  /** Runs a command of the client. @returns what it printed. @throws Error as `run` does */
  docker(...args: readonly string[]): Promise<string>;
  /** Stops the daemon if it was started here. */
  close(): Promise<void>;
}

const DATA_ROOT = '/var/lib/docker/hookpulse';
const RUN_FOLDER = '/run/hookpulse-docker';
const START_TIMEOUT_MS = 60_000;

/** @throws Error with one line that says what to install or start */
export async function openDockerEngine(): Promise<DockerEngine> {
  // Clients before 23 need it said; those after it take it as said.
  process.env.DOCKER_BUILDKIT = '1';
  const client = await aBuildingClient();
  const docker = (...args: readonly string[]) => run(client, args);
  if (await succeeds(client, ['version'])) return { client, docker, close: async () => undefined };
  if (process.env.CI !== 'true') {
    throw new Error('No Docker daemon answers. Start it, or name it with DOCKER_HOST.');
  }
  return { client, docker, close: await startDaemon(client) };
}

function install(): void {
  installIfAllowed(['docker.io'], 'the test of the deployment runs');
}

/** By the order of PATH. */
function clients(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...new Set(folders.map((folder) => join(folder, 'docker')))].filter((path) =>
    existsSync(path),
  );
}

/** @throws Error when there is none, and none can be installed */
async function aBuildingClient(): Promise<string> {
  const known = await buildingClient();
  if (known !== null) return known;
  if (process.env.CI === 'true') {
    install();
    const installed = await buildingClient();
    if (installed !== null) return installed;
  }
  throw new Error(
    'No Docker that can build: install Docker 20.10 or newer, from 23 on with its component buildx.',
  );
}

/** The first client that can build with BuildKit: by the component buildx, or, before 23, by itself. */
async function buildingClient(): Promise<string | null> {
  for (const client of clients()) {
    const version = await run(client, ['--version']).catch(() => '');
    const major = Number(/version (\d+)\./.exec(version)?.[1] ?? 0);
    const isOld = major >= 20 && major < 23;
    if (isOld || (await succeeds(client, ['buildx', 'version']))) return client;
  }
  return null;
}

/** @returns what stops it */
async function startDaemon(client: string): Promise<() => Promise<void>> {
  if (!(await succeeds('dockerd', ['--version']))) install();
  for (const folder of [DATA_ROOT, RUN_FOLDER]) mkdirSync(folder, { recursive: true });
  const address = `unix://${RUN_FOLDER}/docker.sock`;
  const output = openSync(join(RUN_FOLDER, 'daemon.log'), 'w');
  const daemon = spawn(
    'dockerd',
    [
      ...['--data-root', DATA_ROOT, '--exec-root', join(RUN_FOLDER, 'exec')],
      ...['--pidfile', join(RUN_FOLDER, 'docker.pid'), '--host', address],
      // Whatever is published here without an address is for this machine alone.
      ...['--ip', '127.0.0.1'],
    ],
    // Of a process group of its own: what ends this run by a signal must leave it the daemon to clean up.
    { stdio: ['ignore', output, output], detached: true },
  );
  daemon.on('error', () => undefined);
  process.env.DOCKER_HOST = address;
  await until(
    `the Docker daemon (its log: ${RUN_FOLDER}/daemon.log)`,
    () => succeeds(client, ['version']),
    START_TIMEOUT_MS,
  );
  return async () => {
    if (daemon.exitCode !== null) return;
    const end = once(daemon, 'exit');
    daemon.kill('SIGTERM');
    await end;
  };
}
