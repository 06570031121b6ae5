/** The server that tests of mails stand on: it takes mails, and breaks only where it is told to. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { openMailTransport } from '@hookpulse/channels/mail/open-mail-transport';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startTestSmtpServer, type TestSmtpServer } from './smtp-server.ts';

const MAIL = {
  messageId: '<1@example.com>',
  inReplyTo: null,
  to: ['b@example.com'],
  subject: 'Hello',
  text: 'World',
  html: '<p>World</p>',
  dateMs: 0,
};

let server: TestSmtpServer;
beforeEach(async () => {
  server = await startTestSmtpServer();
});
afterEach(() => server.close());

function send(to = server) {
  return openMailTransport({
    smtpUrl: to.url,
    outboxDir: '/nowhere',
    from: 'a@example.com',
  }).send(MAIL);
}

test('takes mails, and tells of every step', async () => {
  await send();
  await send();
  expect(server.mails.map(({ parsed }) => parsed.subject)).toEqual(['Hello', 'Hello']);
  const second = server.moments.filter(({ connection }) => connection === 2);
  expect(second.map(({ step, address }) => (address ? `${step} ${address}` : step))).toEqual([
    'connect',
    'mail a@example.com',
    'rcpt b@example.com',
    'data-start',
    'data-end',
    'answered',
  ]);
});

test('takes connections again at the same port after an outage', async () => {
  const { url } = server;
  await server.stop();
  expect((await send()).detail).toContain('ECONNREFUSED');
  await server.start();
  expect(server.url).toBe(url);
  await send();
  expect(server.mails).toHaveLength(1);
});

test('an outage breaks what is under way', async () => {
  server.onStep(async ({ step }) => {
    if (step === 'data-end') await server.stop();
    return undefined;
  });
  expect((await send()).kind).toBe('later');
  // It had the whole text: as a real server, it has the mail.
  await until('the mail to be kept', () => server.mails.length === 1);
  expect(server.mails[0]?.isAnswered).toBe(false);
});

test('a client that dies in the middle of its text leaves no mail, and does not hold it up', async () => {
  const died = Promise.withResolvers<Socket>();
  const client = connect(server.port, '127.0.0.1');
  server.onStep(({ step }) => {
    if (step === 'data-start') died.resolve(client);
    return undefined;
  });
  const commands = ['EHLO x', 'MAIL FROM:<a@b.c>', 'RCPT TO:<d@e.f>', 'DATA', 'Subject: half'];
  await once(client, 'data');
  client.write(`${commands.join('\r\n')}\r\n`);
  (await died.promise).resetAndDestroy();
  await until('the connection to be gone', () => server.connections === 0);
  await send();
  expect(server.mails.map(({ parsed }) => parsed.subject)).toEqual(['Hello']);
});

test('a hook that fails is told of when the server is closed', async () => {
  const broken = await startTestSmtpServer();
  broken.onStep(() => {
    throw new Error('oops');
  });
  expect((await send(broken)).kind).toBe('later');
  await expect(broken.close()).rejects.toThrow('a hook failed');
});
