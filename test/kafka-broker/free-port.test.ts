import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort, LOOPBACK } from './free-port.ts';

test('a process gets each port once, and none of the ephemeral range', async () => {
  const ports = await Promise.all(Array.from({ length: 500 }, () => freePort()));
  expect(new Set(ports).size).toBe(ports.length);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(Math.min(...ports)).toBeGreaterThanOrEqual(10_000);
});

test('servers can listen on all of them at once', async () => {
  const servers: Server[] = [];
  try {
    for (let n = 0; n < 20; n += 1) {
      const server = createServer().listen(await freePort(), LOOPBACK);
      servers.push(server);
      await once(server, 'listening');
    }
    expect(servers.every(({ listening }) => listening)).toBe(true);
  } finally {
    for (const server of servers) server.close();
  }
});
