/**
 * Free ports for servers that start later, in other processes.
 *
 * - They are below the ephemeral range (Linux: from 32,768; others: from 49,152): an outgoing connection could
 *   take an ephemeral port before its server listens on it.
 * - They are random because test files run in parallel.
 * - A process never gets the same port twice: a broker once got one port for both of its listeners.
 */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/** Above those that Hookpulse and its engines use by default. */
const FIRST_PORT = 10_000;
const EPHEMERAL_PORTS_FROM = 32_768;
const MAX_ATTEMPTS = 1_000;

const given = new Set<number>();

/** A port of the loopback address that nobody listens on. @throws Error when none is found */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, EPHEMERAL_PORTS_FROM);
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
