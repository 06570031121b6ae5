/** One contract for all channels, each at a strict stand-in of its protocol. */
import { type Receiver, readReceiver } from '@hookpulse/common/alerts/receiver';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { sampleFiring } from '@hookpulse/common/testing/sample-alerts';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { MailTransport } from './mail/mail.ts';
import type { Channel, Notification } from './notification.ts';
import { type ChannelSettings, openChannels } from './open-channels.ts';
import { testNotification } from './test-notification.ts';
import { BOT_TOKEN } from './testing/protocols.ts';
import { recordsIn } from './testing/records.ts';
import { startStandIn } from './testing/stand-in-receiver.ts';
import { STAND_IN_CHANNELS } from './testing/stand-ins.ts';

const MAIL_REFUSED: MailTransport = {
  name: 'smtp',
  send: async () => ({ kind: 'refused', detail: 'this test sends no mail' }),
  close: async () => undefined,
};

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

function firing(to: string, changes: Partial<Notification> = {}): Notification {
  const { earlier: _earlier, ...alert } = sampleFiring('2026-02-10T20:00:00Z');
  return {
    messageId: '<a1.1@hookpulse.example.com>',
    inReplyTo: null,
    to: [to],
    subject: '⚠️ High Webhook Error Rate: <MyBot> & more',
    text: 'Bot "MyBot" has 15.0% error rate.',
    html: '<p>Bot</p>',
    dateMs: Date.parse('2026-02-10T20:00:00Z'),
    kind: 'firing',
    alerts: [
      { ...alert, threadId: '<a1.1@hookpulse.example.com>', isThreadOver: false, url: null },
    ],
    ...changes,
  };
}

/** What comes after it of the same alert. */
function resolved(before: Notification): Notification {
  const alerts = before.alerts.map((one) => ({
    ...one,
    transition: 'resolved' as const,
    at: '2026-02-10T20:10:00.000Z',
    isThreadOver: true,
  }));
  const messageId = '<a1.2@hookpulse.example.com>';
  return { ...before, messageId, inReplyTo: before.messageId, kind: 'resolved', alerts };
}

function open(receiver: Receiver, changes: Partial<ChannelSettings>): Channel {
  const channel = openChannels({
    mail: MAIL_REFUSED,
    book: { open: () => receiver, tokenOf: () => BOT_TOKEN },
    settings: {
      allowedHosts: ['127.0.0.1'],
      telegramApiUrl: 'http://127.0.0.1:9',
      pagerDutyApiUrl: 'http://127.0.0.1:9',
      botToken: null,
      webhookSecret: null,
      ...changes,
    },
    clock: systemClock,
  });
  opened.push(channel);
  return channel;
}

describe.each(STAND_IN_CHANNELS)('$name', (standIn) => {
  async function start(changes: Partial<ChannelSettings> = {}) {
    const server = await startStandIn(standIn.protocol);
    opened.push(server);
    const result = readReceiver(standIn.receiver(server));
    if (!result.isOk) throw new Error(result.problem);
    const addresses = { telegramApiUrl: server.url, pagerDutyApiUrl: server.url };
    const channel = open(result.receiver, { ...addresses, ...changes });
    return { server, channel, shown: result.shown };
  }

  test('takes what fires and what is resolved, and says so', async () => {
    const { server, channel, shown } = await start();
    const first = firing(shown);
    for (const notification of [first, resolved(first)]) {
      const outcome = await channel.send(notification);
      expect(outcome).toMatchObject({ kind: 'accepted', taken: [shown] });
      expect(outcome.detail).toMatch(/answered 20|Telegram took/);
    }
    expect(server.posts).toHaveLength(2);
    expect(server.taken).toHaveLength(2);
  });

  test('gets no half of a character, which strict readers refuse for good', async () => {
    const { server, channel, shown } = await start();
    const { alerts, ...rest } = firing(shown);
    const cut = alerts.map((one) => ({ ...one, bot_name: 'cut \ud83d', reason: 'cut \ude00' }));
    expect(await channel.send({ ...rest, alerts: cut })).toMatchObject({ kind: 'accepted' });
    const [{ body } = { body: '' }] = server.taken;
    expect(body).not.toMatch(/\\u(?:d[89a-f])/i);
  });

  test('takes a test', async () => {
    const { server, channel, shown } = await start();
    expect(await channel.send(testNotification(shown, Date.now()))).toMatchObject({
      kind: 'accepted',
    });
    expect(server.taken.length).toBe(server.posts.length);
  });

  test('takes an outage of many bots at once', async () => {
    const { server, channel, shown } = await start();
    const { alerts, ...rest } = firing(shown);
    const many = Array.from({ length: 500 }, (_, index) =>
      alerts.map((one) => ({ ...one, bot_id: `bot-${index}`, alert_id: `alert-${index}` })),
    ).flat();
    const text = many.map(({ bot_id }) => `- ${bot_id}: 15.0% error rate`).join('\n');
    expect(await channel.send({ ...rest, text, alerts: many })).toMatchObject({ kind: 'accepted' });
    expect(server.taken).toHaveLength(1);
  });

  test('that refuses for good is not tried again', async () => {
    const { server, channel, shown } = await start();
    server.next.push(standIn.refusal);
    const outcome = await channel.send(firing(shown));
    expect(outcome.kind).toBe('refused');
    expect(outcome.detail).toContain(String(standIn.refusal.status));
  });

  test('that has too much is asked again when it says', async () => {
    const { server, channel, shown } = await start();
    server.next.push(standIn.tooMany(17));
    expect(await channel.send(firing(shown))).toMatchObject({
      kind: 'later',
      leftTo: [shown],
      taken: [],
      afterMs: 17_000,
    });
    expect(await channel.send(firing(shown))).toMatchObject({ kind: 'accepted' });
  });

  test.each([500, 502, 503])('that answers %i is asked again', async (status) => {
    const { server, channel, shown } = await start();
    const body = JSON.stringify({ ok: false, error_code: status, description: 'oops' });
    server.next.push({ status, body });
    const outcome = await channel.send(firing(shown));
    expect(outcome.kind).toBe('later');
    expect(outcome.detail).toContain(String(status));
  });

  test('that does not answer in time is asked again', async () => {
    const { server, channel, shown } = await start({ timeoutMs: 300 });
    server.next.push('silence');
    expect(await channel.send(firing(shown))).toMatchObject({ kind: 'later', leftTo: [shown] });
  });

  test('that takes it and hangs up gets the same again', async () => {
    const { server, channel, shown } = await start();
    server.next.push('hang up');
    expect(await channel.send(firing(shown))).toMatchObject({ kind: 'later' });
    expect(await channel.send(firing(shown))).toMatchObject({ kind: 'accepted' });
    const [first, second] = server.taken;
    const idOf = (post = first) => post?.headers['webhook-id'];
    expect(second?.body).toBe(first?.body);
    expect(idOf(second)).toBe(idOf());
  });

  test('that is not there is asked again', async () => {
    const { server, channel, shown } = await start();
    await server.close();
    opened.splice(opened.indexOf(server), 1);
    const outcome = await channel.send(firing(shown));
    expect(outcome).toMatchObject({ kind: 'later', leftTo: [shown] });
  });

  test('says nothing of its secret, whatever goes wrong', async () => {
    const { server, channel, shown } = await start();
    const said = [shown];
    server.next.push(standIn.refusal, standIn.tooMany(1), { status: 500 }, 'hang up');
    for (let left = 5; left > 0; left -= 1) {
      said.push((await channel.send(firing(shown))).detail ?? '');
    }
    expect(said.join('\n')).not.toContain(standIn.secret);
  });

  test('is left when Hookpulse stops', async () => {
    const { server, channel, shown } = await start();
    server.next.push('silence');
    const sending = channel.send(firing(shown));
    await channel.close();
    expect(await sending).toMatchObject({ kind: 'later', leftTo: [shown] });
  });
});

test('PagerDuty closes what it opened: one key for what was told together', async () => {
  const standIn = STAND_IN_CHANNELS.find(({ name }) => name === 'pagerduty');
  if (!standIn) throw new Error('there is no such channel');
  const server = await startStandIn(standIn.protocol);
  opened.push(server);
  const channel = open(
    { kind: 'pagerduty', routingKey: standIn.receiver(server).slice('pagerduty://'.length) },
    { pagerDutyApiUrl: server.url },
  );
  const first = firing('pagerduty://***-00000000');
  const over = resolved(first);
  const partly = { ...over, alerts: over.alerts.map((one) => ({ ...one, isThreadOver: false })) };
  for (const notification of [first, partly, over]) {
    expect(await channel.send(notification)).toMatchObject({ kind: 'accepted' });
  }
  const events = server.taken.map(({ body }) => recordsIn([JSON.parse(body)])[0]);
  expect(events.map((event) => [event?.event_action, event?.dedup_key])).toEqual([
    ['trigger', 'a1.1@hookpulse.example.com'],
    ['resolve', 'a1.1@hookpulse.example.com'],
  ]);
});

test('Alertmanager knows the end of an alert by its labels', async () => {
  const standIn = STAND_IN_CHANNELS.find(({ name }) => name === 'alertmanager');
  if (!standIn) throw new Error('there is no such channel');
  const server = await startStandIn(standIn.protocol);
  opened.push(server);
  const channel = open({ kind: 'alertmanager', url: server.url }, {});
  const first = firing('alertmanager+http://example.com');
  for (const notification of [first, resolved(first)]) await channel.send(notification);
  const [fired, ended] = server.taken.map(({ body }) => recordsIn(JSON.parse(body))[0]);
  expect(ended?.labels).toEqual(fired?.labels);
  expect(ended?.startsAt).toBe(fired?.startsAt);
  expect(ended?.endsAt).toBe('2026-02-10T20:10:00.000Z');
});

describe('addresses in private networks', () => {
  const webhook = (url: string): Receiver => ({
    kind: 'webhook',
    url,
    secret: `whsec_${'a'.repeat(32)}`,
  });

  test.each([
    'http://127.0.0.1:9/',
    'http://10.1.2.3/',
    'http://192.168.0.1/',
    'http://[::1]:9/',
    'http://[fd00::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://localhost:9/',
  ])('%s is not sent to unless it is allowed', async (url) => {
    const channel = open(webhook(url), { allowedHosts: [] });
    const outcome = await channel.send(firing('https://example.com/***-00000000'));
    expect(outcome.kind).toBe('later');
    expect(outcome.detail).toContain('ALERT_ALLOWED_HOSTS');
  });

  test('the metadata of clouds never is', async () => {
    const channel = open(webhook('http://169.254.169.254/latest'), {
      allowedHosts: ['169.254.0.0/16'],
    });
    const outcome = await channel.send(firing('https://example.com/***-00000000'));
    expect(outcome.detail).toBe('notifications may not be sent to 169.254.169.254');
  });
});
