/** One service as operators run it: a process of its own that can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GiveUpError, until } from '@hookpulse/common/testing/until';
import { LAUNCH_ENVIRONMENT, nodeFlags } from '../../scripts/launch.mjs';
import { freePort, LOOPBACK } from '../kafka-broker/free-port.ts';
import { watchLogLine } from './log-rules.ts';

export type ServiceName = 'ingest' | 'aggregator' | 'alerter' | 'forwarder' | 'query-api';

/** This checkout. */
export const CHECKOUT = join(import.meta.dirname, '..', '..');
/** The last words matter; a long run is not to fill the memory with them. */
const MAX_LINES = 5_000;
const LAST_WORDS = 10;
/** Four services that start at once on a busy machine take long; that makes a test slow, not red. */
const START_PATIENCE_MS = 120_000;

const PORT_VARIABLES: Readonly<Record<ServiceName, string>> = {
  ingest: 'INGEST_PORT',
  aggregator: 'AGGREGATOR_PORT',
  alerter: 'ALERTER_PORT',
  forwarder: 'FORWARDER_PORT',
  'query-api': 'QUERY_API_PORT',
};

export interface ServiceLaunch {
  /** The checkout whose code it runs. Default: this one. */
  readonly root?: string;
  /** A command that becomes the command that it is given. Default: none. */
  readonly launcher?: readonly string[];
  /** Where it listens. Default: a free port of the loopback address. */
  readonly address?: { readonly host: string; readonly port: number };
}

export class ServiceProcess {
  readonly name: ServiceName;
  /** Origin, the same after every start. */
  readonly url: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #lines: string[] = [];
  readonly #launcher: readonly string[];
  #root: string;
  #child: ChildProcess | null = null;
  #isToRun = false;
  readonly #crashes: string[] = [];

  private constructor(
    name: ServiceName,
    { host, port }: NonNullable<ServiceLaunch['address']>,
    env: Readonly<Record<string, string>>,
    { root = CHECKOUT, launcher = [] }: ServiceLaunch,
  ) {
    this.name = name;
    this.#root = root;
    this.#launcher = launcher;
    this.url = `http://${host}:${port}`;
    this.#env = {
      PATH: process.env.PATH ?? '',
      ...LAUNCH_ENVIRONMENT,
      HOST: host,
      [PORT_VARIABLES[name]]: `${port}`,
      ...env,
    };
  }

  /** Does not start yet. @param env - the whole environment, but for where it listens */
  static async create(
    name: ServiceName,
    env: Readonly<Record<string, string>>,
    launch: ServiceLaunch = {},
  ) {
    const address = launch.address ?? { host: LOOPBACK, port: await freePort() };
    return new ServiceProcess(name, address, env, launch);
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number | null {
    return this.isRunning ? (this.#child?.pid ?? null) : null;
  }

  /** What it printed, over all its starts. */
  output(): string {
    return this.#lines.join('\n');
  }

  /** Its last words each time that it ended although nobody had asked it to. */
  get crashes(): readonly string[] {
    return this.#crashes;
  }

  /** @param root - the checkout whose code the next start runs */
  runFrom(root: string): void {
    this.#root = root;
  }

  /** Starts the process unless it runs, and does not wait for what it waits for. */
  start(): void {
    if (this.isRunning) return;
    this.#isToRun = true;
    const file = `services/${this.name}/src/main.ts`;
    const args = [...nodeFlags(file, this.#env), join(this.#root, file)];
    const [command = process.execPath, ...given] = [...this.#launcher, process.execPath, ...args];
    const child = spawn(command, given, {
      // No .env file of the tester's may leak in.
      cwd: tmpdir(),
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    // Not `exit`: what it said last may still be on its way then.
    child.on('close', (exitCode, signal) => {
      if (!this.#isToRun || this.#child !== child) return;
      const lastWords = this.#lines.slice(-LAST_WORDS).join('\n');
      this.#crashes.push(`${this.name} ended with ${signal ?? exitCode}:\n${lastWords}`);
    });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#remember(line));
    }
  }

  /** What a supervisor does: starts again what ended although nobody had asked it to. */
  startIfCrashed(): void {
    if (this.#isToRun && this.#child?.stdout?.closed) this.start();
  }

  /** Resolves when `readyz` answers 200. @throws Error with its output when it ended instead. */
  async ready(timeoutMs = START_PATIENCE_MS): Promise<void> {
    await until(
      `${this.name} to be ready`,
      async () => {
        if (!this.isRunning) throw new GiveUpError(`${this.name} ended:\n${this.output()}`);
        const answer = await fetch(`${this.url}/readyz`);
        if (answer.status === 200) return true;
        throw new Error(await answer.text());
      },
      timeoutMs,
    );
  }

  /** Resolves with the exit code when it has ended by itself. */
  async exitCode(): Promise<number | null> {
    const child = this.#child;
    if (!child) return null;
    if (this.isRunning) await once(child, 'exit');
    return child.exitCode;
  }

  /** Sends the signal, and resolves with the exit code when it has ended; null when the signal killed it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    this.#isToRun = false;
    if (!child) return null;
    if (this.isRunning) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return child.exitCode;
  }

  /** SIGSTOP and SIGCONT: a process that is paused, as in a virtual machine that is moved. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.isRunning) this.#child?.kill(name);
  }

  #remember(line: string): void {
    watchLogLine(line);
    this.#lines.push(line);
    if (this.#lines.length > MAX_LINES) this.#lines.splice(0, this.#lines.length - MAX_LINES);
  }
}
