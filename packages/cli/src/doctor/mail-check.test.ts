/** The doctor at real SMTP servers on loopback. */
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  startTestSmtpServer,
  type TestSmtpOptions,
  type TestSmtpServer,
} from '../../../../test/support/smtp-server.ts';
import { checkMail } from './mail-check.ts';

const login = { user: 'ops', password: 'Tr@vel/77#key' };
const WITHOUT_TLS = '?requireTLS=false';

const servers: TestSmtpServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function startServer(options?: TestSmtpOptions): Promise<TestSmtpServer> {
  const server = await startTestSmtpServer(options);
  servers.push(server);
  return server;
}

function check(smtpUrl: string | null) {
  const others = { from: 'a@example.com', to: ['b@example.com'], publicUrl: null };
  return checkMail({ mail: { smtpUrl, outboxDir: '/var/hookpulse/outbox', ...others } });
}

describe('the mail server', () => {
  test('that takes the user and the password is well, and gets no mail', async () => {
    const server = await startServer({ login });
    const { state, detail } = await check(`${server.url}${WITHOUT_TLS}`);
    expect({ state, detail }).toEqual({
      state: 'ok',
      detail: `login at 127.0.0.1:${server.port} works`,
    });
    expect(server.moments.map(({ step }) => step)).toEqual(['connect', 'auth']);
  });

  test('that needs no login answers', async () => {
    const server = await startServer();
    expect(await check(server.url)).toEqual({
      name: 'mail',
      state: 'ok',
      detail: `127.0.0.1:${server.port} answers`,
    });
  });

  test('that refuses the password is a problem, told without the password', async () => {
    const server = await startServer({ login });
    const wrong = server.url.replace(/:\/\/.*@/, '://ops:Wr%40ng-password@');
    const { state, detail } = await check(`${wrong}${WITHOUT_TLS}`);
    expect(state).toBe('problem');
    expect(detail).toContain(`127.0.0.1:${server.port} answered "535`);
    expect(detail).not.toMatch(/Wr|ng-password/);
  });

  test('that has no TLS for a password is a problem, and the password is not sent', async () => {
    const server = await startServer({ login });
    const { state, detail } = await check(server.url);
    expect(state).toBe('problem');
    expect(detail).toContain('"?requireTLS=false"');
    expect(server.moments.map(({ step }) => step)).not.toContain('auth');
  });

  test('that is not there is a problem', async () => {
    const server = await startServer();
    await server.stop();
    const { state, detail } = await check(server.url);
    expect({ state, detail }).toEqual({
      state: 'problem',
      detail: `no connection to 127.0.0.1:${server.port} (ECONNREFUSED)`,
    });
  });
});

test('without SMTP_URL it says where mails are written', async () => {
  const { state, detail } = await check(null);
  expect(state).toBe('skipped');
  expect(detail).toContain('/var/hookpulse/outbox');
});
