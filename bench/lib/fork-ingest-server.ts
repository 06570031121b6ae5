/** Starts `ingest-server.ts`, as a benchmark uses it. */
import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAUNCH_ENVIRONMENT, nodeFlags } from '../../scripts/launch.mjs';
import { untilExit } from './end-child.ts';
import type { ServerKind, ServerReport } from './ingest-protocol.ts';
import { ask, nextMessage } from './next-message.ts';
import { profileFlags } from './profile-flags.ts';

export interface IngestServer {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Origin. */
  readonly url: string;
  /** Stops it. @throws Error when it does not say what it has stored */
  stop(): Promise<Extract<ServerReport, { kind: 'stopped' }>>;
}

export interface IngestServerOptions {
  /** Beside what every program of Hookpulse is launched with; nothing of the tester's own settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** For a CPU profile of ingest; null: none. */
  readonly profileFolder?: string | null;
}

/** What ingest is a part of when its log is embedded. */
const START_FILE = 'scripts/start-embedded.ts';

/** `ingest` has the heap of `npm start`, `bare` that of Node: no ceiling is made lower. */
export async function forkIngestServer(
  kind: ServerKind,
  { env = {}, profileFolder = null }: IngestServerOptions = {},
): Promise<IngestServer> {
  const child = fork(join(import.meta.dirname, 'ingest-server.ts'), [kind], {
    // No .env file of the tester's may leak in.
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...LAUNCH_ENVIRONMENT, ...env },
    execArgv:
      kind === 'bare'
        ? process.execArgv
        : [...nodeFlags(START_FILE, {}), ...profileFlags(profileFolder)],
  });
  const started = await nextMessage<ServerReport>(child, kind);
  if (started.kind !== 'listening' || child.pid === undefined) {
    throw new Error(`${kind} did not start`);
  }
  return {
    child,
    pid: child.pid,
    url: started.url,
    async stop() {
      const stopped = await ask<ServerReport>(child, 'stop', kind);
      if (stopped.kind !== 'stopped') throw new Error(`${kind} did not stop`);
      await untilExit(child);
      return stopped;
    },
  };
}
