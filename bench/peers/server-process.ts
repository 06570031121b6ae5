/** The server of a peer: a process of its own on a free port, gone with the benchmark. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { startEngine } from '../../test/engine-process/engine-process.ts';
import { freePort } from '../../test/kafka-broker/free-port.ts';
import { isListening } from '../../test/kafka-broker/probe.ts';
import { BENCH_BOT_ID, BENCH_SECRET } from '../lib/ingest-protocol.ts';
import type { BenchContext } from './candidate.ts';

export interface PeerServer {
  readonly url: string;
  readonly pid: number;
  /** Its own, for its data. */
  readonly folder: string;
  close(): Promise<void>;
}

export interface PeerServerSpec {
  readonly name: string;
  /** @param port - also told by PORT */
  command(port: number): readonly [string, ...string[]];
  /** Beside PORT, BOT_ID and SECRET. */
  env(folder: string): Readonly<Record<string, string>>;
}

/** Resolves when it accepts connections. */
export async function startPeerServer(
  { folder: parent }: BenchContext,
  spec: PeerServerSpec,
): Promise<PeerServer> {
  const port = await freePort();
  const folder = await mkdtemp(join(parent, `${spec.name}-`));
  const env = { PORT: `${port}`, BOT_ID: BENCH_BOT_ID, SECRET: BENCH_SECRET, ...spec.env(folder) };
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  const engine = await startEngine({
    name: spec.name,
    command: ['env', ...settings, ...spec.command(port)],
    folder,
    fate: 'deleted',
    logPath: join(folder, 'server.log'),
    isAnswering: () => isListening(`127.0.0.1:${port}`),
  });
  return {
    url: `http://127.0.0.1:${port}`,
    pid: await engine.pid(),
    folder,
    close: () => engine.close(),
  };
}
