/** Hookpulse itself, as `npm start` runs it, for the demo: in a process and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import type { Environment } from '@hookpulse/service-kit/config/read-values';
import { VARIABLES } from '@hookpulse/service-kit/config/variables';
import { freePort } from '../../test/kafka-broker/free-port.ts';
import { LAUNCH_ENVIRONMENT, nodeFlags } from '../launch.mjs';

export interface DemoHookpulse {
  /** Rejects when it ends by itself. */
  readonly ended: Promise<never>;
  /** As Ctrl-C does: drains, and resolves when the process is gone. */
  stop(): Promise<void>;
}

export const DEMO_LOG_FILE = 'hookpulse.log';

const ROOT = join(import.meta.dirname, '..', '..');
const START_FILE = 'scripts/start-embedded.ts';
const USUAL_PORTS = {
  INGEST_PORT: 8080,
  QUERY_API_PORT: 8081,
  AGGREGATOR_PORT: 8082,
  ALERTER_PORT: 8083,
  FORWARDER_PORT: 8084,
};
/** A slow machine takes its time; a Hookpulse that has ended is told at once. */
const READY_TIMEOUT_MS = 300_000;

/**
 * The whole environment of the demo. Settings of whoever starts it have no part in it: neither may its
 * traffic get into somebody's Kafka, nor its alerts into somebody's mailbox.
 */
export async function demoEnvironment(folder: string): Promise<Environment> {
  // Set to nothing, they also hide those of a .env file.
  const unset = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, '']));
  return {
    ...unset,
    PATH: process.env.PATH,
    ...LAUNCH_ENVIRONMENT,
    DATA_DIR: folder,
    ADMIN_EMAIL: 'oncall@example.com',
    ...(await portsToUse()),
  };
}

/** Resolves when every service is ready. @throws Error when it is not, with where to look */
export async function startDemoHookpulse(
  folder: string,
  env: Environment,
  origins: readonly string[],
): Promise<DemoHookpulse> {
  const logFile = join(folder, DEMO_LOG_FILE);
  const child = spawn(process.execPath, [...nodeFlags(START_FILE), join(ROOT, START_FILE)], {
    env: { ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = createWriteStream(logFile);
  child.stdout.pipe(output, { end: false });
  child.stderr.pipe(output, { end: false });
  let isStopping = false;
  const ended = once(child, 'exit').then(() => {
    if (isStopping) return new Promise<never>(() => undefined);
    throw new Error(`Hookpulse stopped unexpectedly. See ${logFile}.`);
  });
  const stop = async () => {
    isStopping = true;
    await stopChild(child);
    output.end();
  };
  try {
    const ready = until('Hookpulse to be ready', () => areReady(origins), READY_TIMEOUT_MS);
    await Promise.race([ready, ended]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ended, stop };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  // The same signal that a terminal sends to both: it is taken for one.
  child.kill('SIGINT');
  await exited;
}

async function areReady(origins: readonly string[]): Promise<boolean> {
  const answers = await Promise.all(origins.map((origin) => fetch(`${origin}/readyz`)));
  for (const answer of answers) await answer.body?.cancel();
  return answers.every(({ ok }) => ok);
}

/** The usual ones, or free ones when something else listens on any of them. */
async function portsToUse(): Promise<Environment> {
  const entries = Object.entries(USUAL_PORTS);
  const areFree = await Promise.all(entries.map(([, port]) => isFree(port)));
  const areAllFree = areFree.every(Boolean);
  const ports: [string, string][] = [];
  for (const [name, usual] of entries) {
    ports.push([name, String(areAllFree ? usual : await freePort())]);
  }
  return Object.fromEntries(ports);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  // It rejects with the error when there is one.
  const isListening = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!isListening) return false;
  server.close();
  await once(server, 'close');
  return true;
}
