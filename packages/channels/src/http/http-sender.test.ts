/** What servers answer, and what of it is quoted. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { createHttpSender, type HttpSender } from './http-sender.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

/** @returns where it listens */
async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  opened.push({
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(resolve);
      });
    },
  });
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function senderWith(timeoutMs?: number): HttpSender {
  const limits = timeoutMs === undefined ? {} : { timeoutMs };
  const sender = createHttpSender({ guard: null, ...limits });
  opened.push(sender);
  return sender;
}

test.each(['/in/SECRET-7', '/in/x?token=SECRET-7', '/in?SECRET-7', '/in/%53ECRET-7', '/S7'])(
  'an error page does not tell the secret in the address %s',
  async (path) => {
    const server = createServer((request, response) => {
      // As Express quotes it, whole and decoded; the padding has it cut in the middle.
      const quoted = `Cannot POST ${request.url} ${decodeURIComponent(request.url ?? '')}`;
      response.writeHead(404).end(`<pre>${'-'.repeat(150)}${quoted}${' '.repeat(10)}</pre>`);
    });
    const url = await listen(server);
    const answer = await senderWith().post({ url: `${url}${path}`, body: '{}' });
    expect(answer).toMatchObject({ kind: 'answered', status: 404 });
    const text = answer.kind === 'answered' ? answer.text : '';
    expect(text).toContain('Cannot POST ***');
    expect(text).not.toMatch(/SECRET|S7/);
  },
);

test.each(['breaks off', 'does not end'])('an answer that %s counts by its status', async (how) => {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-length': 100 }).write('ok');
      if (how === 'breaks off') setImmediate(() => response.destroy());
    });
  });
  const url = await listen(server);
  const answer = await senderWith(500).post({ url, body: '{}' });
  expect(answer).toMatchObject({ kind: 'answered', status: 200 });
});

test('a password that nothing can be decoded from is not tried', async () => {
  const answer = await senderWith().post({ url: 'http://ops:50%off@127.0.0.1:9', body: '{}' });
  expect(answer).toEqual({
    kind: 'forbidden',
    detail: 'user name or password in the URL have an invalid escape: write %25 for %',
  });
});
