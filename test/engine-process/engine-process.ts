/**
 * A server in a process of its own, for tests and development: it goes with whoever started it,
 * killed or not, and it can be killed, frozen and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type FolderFate, KEEP_FOLDER, pidPath } from './guard-protocol.ts';

export interface EngineSpec {
  /** As messages name it: `The Kafka broker`. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Everything of it: its data and its process id. Exists. */
  readonly folder: string;
  readonly fate: FolderFate;
  /** What it prints is appended here. */
  readonly logPath: string;
  isAnswering(): Promise<boolean>;
  /** How long it may take until it answers. Default: several times what a slow machine needs. */
  readonly startTimeoutMs?: number | undefined;
}

export interface EngineProcess {
  /** Of its data. */
  readonly folder: string;
  /** Of the process that was started last. */
  pid(): Promise<number>;
  /** Kills the process (SIGKILL); what it has stored stays. */
  kill(): Promise<void>;
  /** Starts it again after `kill` or `stop`, at the same address. Resolves when it answers. */
  restart(): Promise<void>;
  /** Stops the process without ending it (SIGSTOP): connections stay, and nothing answers. */
  freeze(): Promise<void>;
  /** Lets it go on after `freeze`. */
  thaw(): Promise<void>;
  /** Lets it end in its own way (SIGTERM), for as long as that is reasonable; its data stays. */
  stop(): Promise<void>;
  /** Kills it, and deletes its folder unless that is to be kept. */
  close(): Promise<void>;
  /** Resolves when the process that runs now has ended, whoever ended it. */
  ended(): Promise<void>;
}

const GUARD = fileURLToPath(new URL('./guard.ts', import.meta.url));
const POLL_INTERVAL_MS = 50;
const DEFAULT_START_TIMEOUT_MS = 60_000;
/** An engine that takes longer is killed: it loses nothing by that. */
const STOP_TIMEOUT_MS = 10_000;
const LAST_WORDS_LENGTH = 4_000;

/** Resolves when the engine answers. @throws an error with the end of what it printed */
export async function startEngine(spec: EngineSpec): Promise<EngineProcess> {
  let guard = await startGuard(spec);
  return {
    folder: spec.folder,
    pid: () => readPid(spec),
    kill: () => endGuard(guard, KEEP_FOLDER),
    restart: async () => {
      guard = await startGuard(spec);
    },
    freeze: () => signalEngine(spec, 'SIGSTOP'),
    thaw: () => signalEngine(spec, 'SIGCONT'),
    stop: async () => {
      if (hasEnded(guard)) return;
      await signalEngine(spec, 'SIGTERM');
      await Promise.race([once(guard, 'exit'), delay(STOP_TIMEOUT_MS, null, { ref: false })]);
      await endGuard(guard, KEEP_FOLDER);
    },
    close: async () => {
      await endGuard(guard, '');
      if (spec.fate === 'deleted') await rm(spec.folder, { recursive: true, force: true });
    },
    ended: async () => {
      if (!hasEnded(guard)) await once(guard, 'exit');
    },
  };
}

async function startGuard(spec: EngineSpec): Promise<ChildProcess> {
  const log = await open(spec.logPath, 'a');
  const guard = spawn(process.execPath, [GUARD, spec.folder, spec.fate, ...spec.command], {
    stdio: ['pipe', log.fd, log.fd],
    // Out of reach of Ctrl-C in a terminal: whoever started it decides when it ends.
    detached: true,
  });
  await log.close();
  // A guard that ends by itself while it is written to: its exit is what is waited for.
  guard.stdin?.on('error', () => undefined);
  const deadlineMs = Date.now() + (spec.startTimeoutMs ?? DEFAULT_START_TIMEOUT_MS);
  while (!(await spec.isAnswering())) {
    if (hasEnded(guard) || Date.now() > deadlineMs) {
      await endGuard(guard, KEEP_FOLDER);
      const said = await readFile(spec.logPath, 'utf8');
      throw new Error(`${spec.name} did not start:\n${said.slice(-LAST_WORDS_LENGTH)}`);
    }
    await delay(POLL_INTERVAL_MS);
  }
  return guard;
}

async function endGuard(guard: ChildProcess, lastWords: string): Promise<void> {
  if (hasEnded(guard)) return;
  const exited = once(guard, 'exit');
  guard.stdin?.end(lastWords);
  await exited;
}

function hasEnded(guard: ChildProcess): boolean {
  return guard.exitCode !== null || guard.signalCode !== null;
}

async function signalEngine(spec: EngineSpec, name: NodeJS.Signals): Promise<void> {
  process.kill(await readPid(spec), name);
}

async function readPid({ folder }: EngineSpec): Promise<number> {
  return Number(await readFile(pidPath(folder), 'utf8'));
}
