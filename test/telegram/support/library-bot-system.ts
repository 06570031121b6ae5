/** Hookpulse as users run it, beside a stand-in of Telegram: what real bots of libraries are adopted into. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '@hookpulse/cli/command-line';
import type { Terminal } from '@hookpulse/cli/terminal';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import {
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';
import { freePort } from '../../kafka-broker/free-port.ts';
import { type HookpulseProcess, startHookpulse } from '../../support/hookpulse-process.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly printed: string;
  readonly warned: string;
}

export interface LibraryBotSystem {
  readonly telegram: StandInTelegram;
  /** Everything that the Hookpulse that runs now has printed. */
  output(): string;
  /** Starts Hookpulse again, on the same folder and the same port of ingest. */
  restart(): Promise<void>;
  /** Kills Hookpulse at the next call of this method. @returns what resolves once it is gone */
  killAt(method: string, phase: 'before' | 'after'): Promise<unknown>;
  ingestWebhook(bot: StandInBot): string;
  get(path: string): Promise<unknown>;
  post(path: string, body: object): Promise<Response>;
  /** `npx hookpulse`, in this process: on a busy machine another one takes long to start. */
  command(input: string, ...args: string[]): Promise<CommandResult>;
  close(): Promise<void>;
}

/** A second of Telegram's lasts so many milliseconds. */
const SECOND_MS = 20;

export async function openLibraryBotSystem(): Promise<LibraryBotSystem> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-library-bots-'));
  const ingestPort = await freePort();
  const telegram = await startStandInTelegram({ timing: { secondMs: SECOND_MS } });
  const start = () =>
    startHookpulse(dataDir, {
      INGEST_PORT: String(ingestPort),
      INGEST_URL: `http://127.0.0.1:${ingestPort}`,
      TELEGRAM_API_URL: telegram.url,
    });
  let hookpulse: HookpulseProcess = await start();
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const authorization = `Bearer ${adminToken}`;
  return {
    telegram,
    output: () => hookpulse.output(),
    async restart() {
      hookpulse = await start();
    },
    killAt(method, phase) {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      telegram.observe((call) => {
        if (call.method !== method || call.phase !== phase) return undefined;
        telegram.observe(null);
        resolve(hookpulse.stop('SIGKILL'));
        return undefined;
      });
      return promise;
    },
    ingestWebhook: ({ identity }) => `http://127.0.0.1:${ingestPort}/webhook/${identity.username}`,
    async get(path) {
      const response = await fetch(`${hookpulse.urls.queryApi}${path}`, {
        headers: { authorization },
      });
      return response.json();
    },
    post: (path, body) =>
      fetch(`${hookpulse.urls.queryApi}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify(body),
      }),
    async command(input, ...args) {
      const [printed, warned]: [string[], string[]] = [[], []];
      const terminal: Terminal = {
        print: (line) => printed.push(line),
        warn: (line) => warned.push(line),
        style: (_style, styled) => styled,
        isInteractive: false,
        confirm: async () => false,
        askSecret: async () => null,
        readInput: async () => input,
        onInterrupt: () => () => undefined,
      };
      const exitCode = await runCommandLine([...args, '--url', hookpulse.urls.queryApi], {
        terminal,
        env: { ADMIN_TOKEN: adminToken },
        nowMs: Date.now(),
      });
      return { exitCode, printed: printed.join('\n'), warned: warned.join('\n') };
    },
    async close() {
      await hookpulse.stop('SIGTERM');
      await telegram.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
