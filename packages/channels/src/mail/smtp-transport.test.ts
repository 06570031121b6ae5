/** Mails to a real SMTP server on loopback, and what becomes of them when it misbehaves. */
import { until } from '@hookpulse/common/testing/until';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type PlainSmtpAnswer,
  type PlainSmtpMoment,
  type PlainSmtpServer,
  startPlainSmtpServer,
} from '../../../../test/support/plain-smtp-server.ts';
import {
  type SmtpStep,
  startTestSmtpServer,
  type TestSmtpOptions,
  type TestSmtpServer,
} from '../../../../test/support/smtp-server.ts';
import { createTestAuthority } from '../../../../test/support/test-certificates.ts';
import type { Mail, MailTransport } from './mail.ts';
import { openMailTransport } from './open-mail-transport.ts';
import { openSmtpTransport, type SmtpLimits } from './smtp-transport.ts';

const FROM = 'Hookpulse <hookpulse@example.com>';
const MAIL: Mail = {
  messageId: '<a1.1@hookpulse.example.com>',
  inReplyTo: null,
  to: ['ops@example.com'],
  subject: '⚠️ High Webhook Error Rate: MyBot',
  text: 'Bot "MyBot" has 15.0% error rate.\n\n.\n..\nTime: 2026-02-10 20:00:00',
  html: '<p>Bot &quot;MyBot&quot;</p>',
  dateMs: Date.parse('2026-02-10T20:00:00Z'),
};
const TWO = { ...MAIL, to: ['ops@example.com', 'Dev <dev@example.com>'] };

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function startServer(options?: TestSmtpOptions): Promise<TestSmtpServer> {
  const server = await startTestSmtpServer(options);
  opened.push(server);
  return server;
}

async function startPlain(
  answers: Partial<Record<PlainSmtpMoment, PlainSmtpAnswer>>,
): Promise<PlainSmtpServer> {
  const server = await startPlainSmtpServer(answers);
  opened.push(server);
  return server;
}

function transportTo(url: string, limits: Partial<SmtpLimits> = {}): MailTransport {
  const transport = openSmtpTransport({ url, from: FROM, limits });
  opened.push(transport);
  return transport;
}

const addressOf = ({ port }: TestSmtpServer) => `127.0.0.1:${port}`;

describe('a mail that is taken', () => {
  test('is what was sent', async () => {
    const server = await startServer();
    const headers = { 'X-Hookpulse-Alerts': '1' };
    const transport = openMailTransport({ smtpUrl: server.url, outboxDir: '/nowhere', from: FROM });
    opened.push(transport);
    expect(transport.name).toBe('smtp');
    expect(await transport.send({ ...TWO, headers })).toEqual({
      kind: 'accepted',
      detail: `${addressOf(server)} answered "250 queued as 1"`,
      taken: TWO.to,
    });
    const [mail] = server.mails;
    expect(mail).toMatchObject({
      sender: 'hookpulse@example.com',
      receivers: ['ops@example.com', 'dev@example.com'],
      isAnswered: true,
    });
    expect(mail?.parsed).toMatchObject({
      messageId: MAIL.messageId,
      subject: MAIL.subject,
      date: new Date(MAIL.dateMs),
      from: { text: '"Hookpulse" <hookpulse@example.com>' },
      to: { text: 'ops@example.com, "Dev" <dev@example.com>' },
    });
    expect(mail?.parsed.inReplyTo).toBeUndefined();
    expect(mail?.parsed.references).toBeUndefined();
    expect(mail?.parsed.text?.trim()).toBe(MAIL.text);
    expect(mail?.parsed.html).toContain(MAIL.html);
    expect(mail?.parsed.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.parsed.headers.get('x-hookpulse-alerts')).toBe('1');
  });

  test('answers to the first mail of its alert', async () => {
    const server = await startServer();
    await transportTo(server.url).send({ ...MAIL, inReplyTo: '<a1.0@hookpulse.example.com>' });
    expect(server.mails[0]?.parsed).toMatchObject({
      inReplyTo: '<a1.0@hookpulse.example.com>',
      references: '<a1.0@hookpulse.example.com>',
    });
  });

  test('cannot bring headers of its own in its subject', async () => {
    const server = await startServer();
    await transportTo(server.url).send({ ...MAIL, subject: 'a\r\nBcc: victim@example.com\n\nb' });
    expect(server.mails[0]?.parsed.bcc).toBeUndefined();
    expect(server.mails[0]?.receivers).toEqual(MAIL.to);
  });

  test('has a connection of its own, whatever the URL asks for', async () => {
    const server = await startServer();
    const transport = transportTo(`${server.url}?pool=true`);
    for (let sent = 1; sent <= 3; sent += 1) {
      expect((await transport.send(MAIL)).kind).toBe('accepted');
    }
    await until('all connections to be closed', () => server.connections === 0);
    expect(server.moments.filter(({ step }) => step === 'connect')).toHaveLength(3);
  });

  test('is never handed over without receivers', async () => {
    const server = await startServer();
    expect((await transportTo(server.url).send({ ...MAIL, to: [] })).kind).toBe('refused');
    expect(server.moments).toEqual([]);
  });
});

describe('a server that is away or breaks off', () => {
  test('refuses connections', async () => {
    const server = await startServer();
    await server.stop();
    const transport = transportTo(server.url);
    expect(await transport.send(TWO)).toEqual({
      kind: 'later',
      detail: `no connection to ${addressOf(server)} (ECONNREFUSED)`,
      leftTo: TWO.to,
      taken: [],
    });
    await server.start();
    expect((await transport.send(TWO)).kind).toBe('accepted');
  });

  test('cannot be found', async () => {
    // No name can have an empty part: nobody has to be asked.
    const outcome = await transportTo('smtp://a..b:2525').send(MAIL);
    expect(outcome).toMatchObject({ kind: 'later', leftTo: MAIL.to });
    expect(outcome.detail).toContain('the host of a..b:2525 was not found');
  });

  test.each<SmtpStep>(['connect', 'mail', 'rcpt', 'data-start', 'data-end'])(
    'drops the connection at %s',
    async (dropAt) => {
      const server = await startServer();
      server.onStep(({ step }) => (step === dropAt ? 'drop' : undefined));
      const transport = transportTo(server.url);
      const outcome = await transport.send(TWO);
      expect(outcome).toMatchObject({ kind: 'later', leftTo: TWO.to });
      expect(outcome.detail).toContain(addressOf(server));
      expect(server.mails).toHaveLength(0);
      server.onStep(null);
      expect((await transport.send(TWO)).kind).toBe('accepted');
    },
  );

  test('took the mail and cannot say so: it comes again, and is known by its Message-ID', async () => {
    const server = await startServer();
    server.onStep(({ step }) => (step === 'data-end' ? 'keep-and-drop' : undefined));
    const transport = transportTo(server.url);
    expect((await transport.send(MAIL)).kind).toBe('later');
    server.onStep(null);
    expect((await transport.send(MAIL)).kind).toBe('accepted');
    expect(server.mails.map(({ isAnswered }) => isAnswered)).toEqual([false, true]);
    expect(new Set(server.mails.map(({ parsed }) => parsed.messageId)).size).toBe(1);
  });

  test('breaks off after its answer: the mail is taken', async () => {
    const server = await startServer();
    server.onStep(({ step }) => (step === 'answered' ? 'drop' : undefined));
    expect((await transportTo(server.url).send(MAIL)).kind).toBe('accepted');
  });

  test.each<PlainSmtpMoment>(['greeting', 'EHLO', 'MAIL', 'RCPT', 'DATA', '.'])(
    'is silent instead of answering to %s',
    async (moment) => {
      const server = await startPlain({ [moment]: 'silence' });
      const transport = transportTo(server.url, { greetingMs: 200, silenceMs: 200 });
      const outcome = await transport.send(MAIL);
      expect(outcome).toMatchObject({ kind: 'later', leftTo: MAIL.to });
      expect(outcome.detail).toMatch(/did not answer in time/);
    },
  );

  test('that trickles along is left when the whole takes too long', async () => {
    const server = await startServer();
    const released = Promise.withResolvers<undefined>();
    server.onStep(({ step }) => (step === 'data-end' ? released.promise : undefined));
    const outcome = await transportTo(server.url, { attemptMs: 500 }).send(MAIL);
    expect(outcome).toMatchObject({ kind: 'later', leftTo: MAIL.to });
    expect(outcome.detail).toBe(`${addressOf(server)} did not finish in time`);
    released.resolve(undefined);
  });

  test('that is slow, but not too slow, is waited for', async () => {
    const server = await startServer();
    const released = Promise.withResolvers<undefined>();
    server.onStep(({ step }) => (step === 'data-end' ? released.promise : undefined));
    const sending = transportTo(server.url).send(MAIL);
    await until('the text to be there', () => server.moments.at(-1)?.step === 'data-end');
    released.resolve(undefined);
    expect((await sending).kind).toBe('accepted');
  });

  test('does not hold up a transport that is closed', async () => {
    const server = await startServer();
    const released = Promise.withResolvers<undefined>();
    server.onStep(() => released.promise);
    const transport = transportTo(server.url);
    const sending = transport.send(MAIL);
    await until('the server to be asked', () => server.moments.length > 0);
    await transport.close();
    expect(await sending).toEqual({
      kind: 'later',
      detail: `Hookpulse stopped before ${addressOf(server)} answered`,
      leftTo: MAIL.to,
      taken: [],
    });
    released.resolve(undefined);
  });
});

describe.each([true, false])(
  'a server that answers with an error (pipelining: %s)',
  (hasPipelining) => {
    test.each<[SmtpStep, number, string, 'later' | 'refused']>([
      ['connect', 421, 'too busy', 'later'],
      ['connect', 554, 'not you', 'later'],
      ['mail', 421, 'shutting down', 'later'],
      ['mail', 451, 'try again', 'later'],
      ['mail', 530, 'log in first', 'later'],
      ['mail', 550, 'sender unknown', 'refused'],
      ['rcpt', 421, 'shutting down', 'later'],
      ['rcpt', 450, 'mailbox busy', 'later'],
      ['rcpt', 451, 'greylisted', 'later'],
      ['rcpt', 452, 'disk full', 'later'],
      ['rcpt', 550, 'no such user', 'refused'],
      ['data-end', 421, 'shutting down', 'later'],
      ['data-end', 451, 'try again', 'later'],
      ['data-end', 554, 'looks like spam', 'refused'],
    ])('at %s: %i %s', async (failAt, code, text, kind) => {
      const server = await startServer({ hasPipelining });
      server.onStep(({ step }) => (step === failAt ? { code, text } : undefined));
      const transport = transportTo(server.url);
      const outcome = await transport.send(MAIL);
      expect(outcome).toMatchObject({ kind, ...(kind === 'later' ? { leftTo: MAIL.to } : {}) });
      expect(outcome.detail).toContain(`${addressOf(server)} answered "${code} ${text}"`);
      expect(server.mails).toHaveLength(0);
      server.onStep(null);
      expect((await transport.send(MAIL)).kind).toBe('accepted');
    });

    test('has a word for each receiver', async () => {
      const server = await startServer({ hasPipelining });
      const to = ['good@example.com', 'Gone <gone@example.com>', 'grey@example.com'];
      let isGrey = true;
      server.onStep(({ step, address }) => {
        if (step !== 'rcpt' || address === 'good@example.com') return undefined;
        if (address === 'gone@example.com') return { code: 550, text: 'no such user' };
        return isGrey ? { code: 451, text: 'greylisted' } : undefined;
      });
      const transport = transportTo(server.url);
      const host = addressOf(server);
      const refused = `refused for good: Gone <gone@example.com>: ${host} answered "550 no such user" to RCPT TO`;
      expect(await transport.send({ ...MAIL, to })).toEqual({
        kind: 'later',
        detail: `grey@example.com: ${host} answered "451 greylisted" to RCPT TO; ${refused}`,
        leftTo: ['grey@example.com'],
        taken: ['good@example.com'],
      });
      isGrey = false;
      expect(await transport.send({ ...MAIL, to: to.slice(0, 2) })).toEqual({
        kind: 'accepted',
        detail: refused,
        taken: ['good@example.com'],
      });
      expect(await transport.send({ ...MAIL, to: to.slice(2) })).toMatchObject({
        kind: 'accepted',
      });
      expect(server.mails.map(({ receivers }) => receivers)).toEqual([
        ['good@example.com'],
        ['good@example.com'],
        ['grey@example.com'],
      ]);
    });

    test('knows receivers again that are written otherwise on the line', async () => {
      const server = await startServer({ hasPipelining });
      const to = ['"Ops, all" <ops@bücher.example>', 'grüße@bücher.example', 'ok@EXAMPLE.com'];
      server.onStep(({ step, address }) =>
        step === 'rcpt' && !address?.startsWith('ok') ? { code: 450, text: 'busy' } : undefined,
      );
      const outcome = await transportTo(server.url).send({ ...MAIL, to });
      expect(outcome).toMatchObject({ kind: 'later', leftTo: to.slice(0, 2) });
      expect(server.mails.map(({ receivers }) => receivers)).toEqual([['ok@example.com']]);
    });

    test('turns all receivers down, each in its own way', async () => {
      const server = await startServer({ hasPipelining });
      server.onStep(({ step, address }) => {
        if (step !== 'rcpt') return undefined;
        return address === 'ops@example.com'
          ? { code: 550, text: 'no such user' }
          : { code: 451, text: 'greylisted' };
      });
      const transport = transportTo(server.url);
      expect(await transport.send(TWO)).toMatchObject({ kind: 'later', leftTo: [TWO.to[1]] });
      server.onStep(({ step }) => (step === 'rcpt' ? { code: 550, text: 'gone' } : undefined));
      expect(await transport.send(TWO)).toEqual({
        kind: 'refused',
        detail: `${addressOf(server)} answered "550 gone" to RCPT TO`,
      });
    });

    test('refuses the text because of one receiver: the others get it', async () => {
      const server = await startServer({ hasPipelining });
      let receivers: (string | null)[] = [];
      server.onStep(({ step, address }) => {
        if (step === 'mail') receivers = [];
        if (step === 'rcpt') receivers.push(address);
        const isStrict = receivers.includes('dev@example.com');
        return step === 'data-end' && isStrict ? { code: 550, text: 'not for Dev' } : undefined;
      });
      expect(await transportTo(server.url).send(TWO)).toEqual({
        kind: 'accepted',
        detail: `refused for good: ${TWO.to[1]}: ${addressOf(server)} answered "550 not for Dev" to DATA`,
        taken: [TWO.to[0]],
      });
      expect(server.mails.map((mail) => mail.receivers)).toEqual([['ops@example.com']]);
    });
  },
);

describe('a server that no real one is like', () => {
  test.each<[PlainSmtpMoment, string, 'later' | 'refused']>([
    ['greeting', '554 go away', 'later'],
    ['greeting', '220', 'later'],
    ['greeting', 'what?', 'later'],
    ['DATA', '451 try again', 'later'],
    ['DATA', '421 shutting down', 'later'],
    ['DATA', '503 bad sequence', 'later'],
    ['DATA', '554 no valid recipients', 'refused'],
    ['MAIL', '555 what is that', 'refused'],
    ['.', '550-no\r\n550 never', 'refused'],
    ['.', '452 full', 'later'],
    ['MAIL', 'drop', 'later'],
    ['DATA', 'drop', 'later'],
    ['.', 'drop', 'later'],
  ])('at %s: %j', async (moment, answer, kind) => {
    const answers =
      moment === 'greeting' && answer === '220' ? { EHLO: '502 no', HELO: '550 no' } : {};
    const server = await startPlain({ ...answers, [moment]: answer });
    const outcome = await transportTo(server.url, { greetingMs: 2_000 }).send(MAIL);
    expect(outcome.kind).toBe(kind);
  });

  test('its words are told in one line, not too long', async () => {
    const server = await startPlain({ RCPT: `550-no\r\n550 ${'never '.repeat(200)}` });
    const { detail } = await transportTo(server.url).send(MAIL);
    expect(detail).toMatch(/answered "550-no 550 never never .*…" to RCPT TO$/);
    expect(detail?.length).toBeLessThan(400);
  });
});

describe('a login', () => {
  const login = { user: 'alerts@example.com', password: 'p@ss/word %1' };
  /** Without TLS, as the URL says. */
  const plain = ({ url }: TestSmtpServer) => `${url}?requireTLS=false`;

  test('is taken from the URL', async () => {
    const server = await startServer({ login });
    expect((await transportTo(plain(server)).send(MAIL)).kind).toBe('accepted');
  });

  test('that is wrong, or missing, can be mended', async () => {
    const server = await startServer({ login });
    const wrong = plain(server).replace('word', 'w0rd');
    expect(await transportTo(wrong).send(MAIL)).toMatchObject({
      kind: 'later',
      detail: expect.stringContaining('answered "535 '),
    });
    const missing = `smtp://${addressOf(server)}`;
    expect(await transportTo(missing).send(MAIL)).toMatchObject({
      kind: 'later',
      detail: expect.stringContaining('answered "530 '),
    });
  });

  test('is never told, not even when the server repeats it', async () => {
    const server = await startServer({ login });
    const tokens = [`\0${login.user}\0${login.password}`, login.password];
    const encoded = tokens.map((token) => Buffer.from(token).toString('base64'));
    const text = `no: ${login.password} ${encoded.join(' ')}`;
    server.onStep(({ step }) => (step === 'auth' ? { code: 535, text } : undefined));
    const { kind, detail } = await transportTo(plain(server)).send(MAIL);
    expect(kind).toBe('later');
    expect(detail).toBe(`${addressOf(server)} answered "535 no: *** *** ***" to AUTH PLAIN`);
  });

  test.each(['', '?ignoreTLS=true', '?requireTLS=true'])(
    'is not sent in plain text: %j',
    async (query) => {
      const server = await startServer({ login });
      const steps: SmtpStep[] = [];
      server.onStep(({ step }) => {
        steps.push(step);
        return undefined;
      });
      const outcome = await transportTo(`${server.url}${query}`).send(MAIL);
      expect(outcome).toMatchObject({
        kind: 'later',
        detail: expect.stringContaining('"?requireTLS=false"'),
      });
      expect(steps).not.toContain('auth');
    },
  );

  test('is sent when STARTTLS is there', async () => {
    const authority = await createTestAuthority();
    const server = await startServer({ login, certificate: await authority.issue('localhost') });
    const transport = transportTo(`${server.url}?tls.rejectUnauthorized=false`);
    expect((await transport.send(MAIL)).kind).toBe('accepted');
  });
});

describe.each([true, false])('a certificate (from the first byte: %s)', (isImplicitTls) => {
  test('that is not trusted can be mended', async () => {
    const authority = await createTestAuthority();
    const server = await startServer({
      certificate: await authority.issue('localhost'),
      isImplicitTls,
    });
    const outcome = await transportTo(server.url).send(MAIL);
    expect(outcome).toMatchObject({ kind: 'later', leftTo: MAIL.to });
    expect(outcome.detail).toBe(
      `the certificate of ${addressOf(server)} is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)`,
    );
    expect(server.mails).toHaveLength(0);
  });

  test('may be left unchecked by the URL', async () => {
    const authority = await createTestAuthority();
    const server = await startServer({
      certificate: await authority.issue('localhost'),
      isImplicitTls,
    });
    const transport = transportTo(`${server.url}?tls.rejectUnauthorized=false`);
    expect((await transport.send(MAIL)).kind).toBe('accepted');
  });
});

test('a server without TLS where the URL wants it', async () => {
  const server = await startServer();
  const secure = await transportTo(server.url.replace('smtp:', 'smtps:')).send(MAIL);
  expect(secure.kind).toBe('later');
  const required = await transportTo(`${server.url}?requireTLS=true`).send(MAIL);
  expect(required.kind).toBe('later');
  expect(server.mails).toHaveLength(0);
});
