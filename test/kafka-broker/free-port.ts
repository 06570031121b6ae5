/**
 * Ports for servers that are started later, by others than who asks.
 *
 * They are below those that systems give to outgoing connections (Linux: from 32,768 on; others from 49,152):
 * such a port can be a connection of somebody before its server listens on it. By chance, since test files
 * run side by side, and never twice in a process: two that are asked for one after the other were the same.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** Above those that Hookpulse and its engines use by default. */
const FIRST_PORT = 10_000;
const BEHIND_LAST_PORT = 32_768;
const MAX_ATTEMPTS = 1_000;

const given = new Set<number>();

/** A port of the loopback address that nobody listens on. @throws Error when none is found */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, BEHIND_LAST_PORT);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error('no free port was found');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
