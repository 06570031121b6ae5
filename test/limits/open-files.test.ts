/** Few files that a process may open (`ulimit -n`): connections are bounded, and the engines keep theirs. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { HookpulseClient } from '../support/hookpulse-client.ts';
import {
  type HookpulseProcess,
  runHookpulse,
  startHookpulse,
} from '../support/hookpulse-process.ts';

/** As few as it starts with. */
const FEW = 1_024;
const TOO_FEW = 256;
/** More than the limit allows. */
const CLIENTS = 1_500;
const DELIVERIES = 50;
const PATIENCE_MS = 60_000;

let dataDir: string;
let hookpulse: HookpulseProcess | undefined;
const sockets: Socket[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-files-'));
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await hookpulse?.stop('SIGKILL');
  hookpulse = undefined;
  await rm(dataDir, { recursive: true, force: true });
});

/** Lowers both limits: Node raises its soft one to the hard one. */
function withOpenFiles(limit: number): string[] {
  return ['sh', '-c', 'ulimit -n "$0" && exec "$@"', `${limit}`];
}

test('many more clients than files: the service stays, and takes deliveries again', async () => {
  hookpulse = await startHookpulse(dataDir, {}, { launcher: withOpenFiles(FEW) });
  const { urls, pid } = hookpulse;
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const client = new HookpulseClient(urls, adminToken);
  const { secret } = await client.registerBot('crowded');
  let acknowledged = 0;
  const deliver = async (updateId: number) => {
    const update = { update_id: updateId, message: { message_id: updateId, text: 'hello' } };
    const status = await client.deliver('crowded', secret, update).then(
      (answer) => answer.status,
      () => null, // the connection was given up for another one
    );
    if (status === 200) acknowledged += 1;
    return status;
  };

  const { hostname, port } = new URL(urls.ingest);
  for (let n = 0; n < CLIENTS; n += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    sockets.push(socket);
    // One that is turned away is no failure here.
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
  }
  // Those who ask nothing give way to those who do.
  for (let updateId = 1; updateId <= DELIVERIES; updateId += 1) {
    expect([200, 503, null]).toContain(await deliver(updateId));
  }
  for (const socket of sockets.splice(0)) socket.destroy();

  await until(
    'a delivery to be taken again',
    async () => (await deliver(DELIVERIES + 1)) === 200,
    PATIENCE_MS,
  );
  await until(
    'everything acknowledged to be counted',
    async () => {
      const { last_15_minutes } = await client.botHealth('crowded');
      return last_15_minutes.requests_received >= acknowledged;
    },
    PATIENCE_MS,
  );
  const { last_15_minutes } = await client.botHealth('crowded');
  expect(last_15_minutes.requests_received).toBe(acknowledged);
  for (const url of Object.values(urls)) expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(() => process.kill(pid, 0)).not.toThrow();
});

test('too few to start with: it says so in one sentence', async () => {
  const { exitCode, output } = await runHookpulse(
    dataDir,
    { LOG_LEVEL: 'silent' },
    { launcher: withOpenFiles(TOO_FEW) },
  );
  expect(exitCode).toBe(1);
  expect(output).toMatch(/^Hookpulse cannot start: [^\n]*ulimit -n[^\n]*$/);
});
