/** What people see of a running alerter: transitions on the log, and mails. */

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { webhookProtocolBy } from '@hookpulse/channels/testing/protocols';
import { startStandIn } from '@hookpulse/channels/testing/stand-in-receiver';
import { STAND_IN_CHANNELS } from '@hookpulse/channels/testing/stand-ins';
import { shownReceiver, withSealed } from '@hookpulse/common/alerts/receiver';
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import { RECEIVER_FIELD } from '@hookpulse/common/alerts/sealed-receiver';
import { until } from '@hookpulse/common/testing/until';
import { DAY_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestSmtpServer } from '../../../test/support/smtp-server.ts';
import { AlerterFixture, type WrittenMail } from './testing/alerter-fixture.ts';

const WELL = { event_type: 'processed' } as const;

let hookpulse: AlerterFixture;
beforeEach(async () => {
  hookpulse = await AlerterFixture.open();
});
afterEach(() => hookpulse.close());

/** In order: `rule transition`. */
function happened(): string[] {
  return hookpulse.transitions.map(({ rule, transition }) => `${rule} ${transition}`);
}

describe('an alert', () => {
  test('fires, reminds and is resolved, each once, with its mails in one thread', async () => {
    const bot = await hookpulse.addBot('a', { name: 'MyBot' });
    await hookpulse.startAlerter();
    await hookpulse.publish('a', 85);
    await hookpulse.publishErrors('a', 15);
    const fired = await hookpulse.transitioned('a', 'high_error_rate', 'firing');
    expect(fired).toMatchObject({
      sequence: 1,
      reason: 'Bot "MyBot" has 17.6% error rate (15/85 failed) in the last 15 minutes.',
      facts: { events: 85, errors: 15, threshold: 0.1, min_events: 10 },
    });
    const [first] = await hookpulse.mailsOnceThere(1);
    expect(first).toMatchObject({
      subject: '⚠️ High Webhook Error Rate: MyBot',
      to: 'ops@example.com',
      inReplyTo: undefined,
    });
    expect(first?.text).toContain('17.6% error rate (15/85 failed) in the last 15 minutes.');

    // After half an hour it fails again and again.
    await hookpulse.setAlerts(bot, { no_traffic: { enabled: false } });
    hookpulse.pass(31 * MINUTE_MS);
    await hookpulse.publishErrors('a', 20);
    await hookpulse.transitioned('a', 'high_error_rate', 'reminder');
    const [, second] = await hookpulse.mailsOnceThere(2);
    expect(second).toMatchObject({
      subject: '🔁 Still firing: High Webhook Error Rate: MyBot',
      inReplyTo: first?.messageId,
    });

    // Silence is not the end of it; that what comes succeeds is.
    await hookpulse.publish('a', 300);
    const resolved = await hookpulse.transitionedInTime('a', 'high_error_rate', 'resolved');
    expect(resolved).toMatchObject({ alert_id: fired.alert_id, fired_at: fired.fired_at });
    const mails = await hookpulse.mailsOnceThere(3);
    expect(mails[2]).toMatchObject({
      subject: '✅ Resolved: High Webhook Error Rate: MyBot',
      inReplyTo: first?.messageId,
    });
    expect(happened()).toEqual([
      'high_error_rate firing',
      'high_error_rate reminder',
      'high_error_rate resolved',
    ]);
  });

  test('of wrong secrets tells of a security matter', async () => {
    await hookpulse.addBot('a', { name: 'MyBot' });
    await hookpulse.startAlerter();
    const wrong = { status: 'failed', error_type: 'InvalidSignature' } as const;
    await hookpulse.publish('a', 7, wrong);
    await hookpulse.transitioned('a', 'signature_failures', 'firing');
    const [mail] = await hookpulse.mailsOnceThere(1);
    expect(mail?.subject).toBe('🔒 Webhook Security Alert: MyBot');
    expect(mail?.text).toContain(
      'Security alert for bot MyBot: 7 signature validation failures in last 15 minutes',
    );
  });

  test('of silence fires for a bot that was heard before, and not for one that waits for its first delivery', async () => {
    await hookpulse.addBot('a');
    await hookpulse.addBot('never');
    await hookpulse.publish('a', 1);
    await hookpulse.startAlerter();
    const fired = await hookpulse.transitionedInTime('a', 'no_traffic', 'firing');
    await hookpulse.publish('a', 1);
    await hookpulse.transitionedInTime('a', 'no_traffic', 'resolved');
    expect(fired.bot_id).toBe('a');
    expect(happened()).toEqual(['no_traffic firing', 'no_traffic resolved']);
    expect(hookpulse.firstEvents.heardMs('a')).not.toBeNull();
    expect(hookpulse.firstEvents.heardMs('never')).toBeNull();
  });

  test('of updates that wait for a bot fires, says how long, and ends when they are taken', async () => {
    const forward = { url: 'https://bot.example.com/' };
    await hookpulse.addBot('a', { name: 'MyBot', forward });
    await hookpulse.addBot('b', { forward });
    const waits = { oldest_at: new Date(hookpulse.nowMs() - 301_000).toISOString(), backlog: 12 };
    await hookpulse.tellForwarding('a', waits);
    await hookpulse.tellForwarding('b', { ...waits, oldest_at: iso(hookpulse.nowMs()) });
    await hookpulse.startAlerter();
    const fired = await hookpulse.transitioned('a', 'forwarding_stuck', 'firing');
    expect(fired.reason).toMatch(
      /^Bot "MyBot" has not taken an update for 5 minutes.*: 12 updates wait\.$/,
    );
    const [mail] = await hookpulse.mailsOnceThere(1);
    expect(mail?.subject).toBe('📪 Updates Wait for the Bot: MyBot');
    await hookpulse.tellForwarding('a', { state: 'delivering', oldest_at: null, backlog: 0 });
    const resolved = await hookpulse.transitionedInTime('a', 'forwarding_stuck', 'resolved');
    expect(resolved.reason).toContain('Bot "MyBot" has no update that waits for it.');
  });

  test('is over when its bot is disabled or removed, or its rule switched off', async () => {
    const bots = [];
    for (const botId of ['a', 'b', 'c']) bots.push(await hookpulse.addSilentBot(botId));
    await hookpulse.startAlerter();
    const [a, , c] = bots;
    for (const botId of ['a', 'b', 'c']) {
      await hookpulse.transitioned(botId, 'no_traffic', 'firing');
    }
    await hookpulse.addBot('a', { ...a, enabled: false });
    await hookpulse.registry.remove('b');
    if (c) await hookpulse.setAlerts(c, { no_traffic: { enabled: false } });
    const reasons = [];
    for (const botId of ['a', 'b', 'c']) {
      reasons.push((await hookpulse.transitioned(botId, 'no_traffic', 'resolved')).reason);
    }
    expect(reasons).toEqual([
      'The bot was disabled.',
      'The bot was removed.',
      'The rule was switched off for this bot.',
    ]);
  });
});

test('who was told that a bot fires is told that it is over when the bot is removed', async () => {
  await hookpulse.addSilentBot('a', { alerts: { receivers: ['owner@example.com'] } });
  await hookpulse.startAlerter();
  await hookpulse.mailIs('a', 'no_traffic', 'accepted');
  await hookpulse.registry.remove('a');
  const [first, last] = await hookpulse.mailsOnceThere(2);
  expect([first?.to, last?.to]).toEqual(['owner@example.com', 'owner@example.com']);
  expect(last?.subject).toBe('✅ Resolved: No Webhook Traffic: Bot a');
});

describe('settings of a bot', () => {
  test('take effect while everything runs, for events that were there before', async () => {
    const bot = await hookpulse.addBot('a');
    await hookpulse.startAlerter();
    await hookpulse.publish('a', 30, { event_type: 'processed', processing_time_ms: 800 });
    await hookpulse.setAlerts(bot, {
      receivers: ['owner@example.com'],
      slow_processing: { limit_ms: 500 },
    });
    const fired = await hookpulse.transitioned('a', 'slow_processing', 'firing');
    expect(fired.facts).toMatchObject({ measured: 30, slow: 30, limit_ms: 500 });
    const [mail] = await hookpulse.mailsOnceThere(1);
    expect(mail?.to).toBe('owner@example.com');
    expect(happened()).toEqual(['slow_processing firing']);
  });

  test('of all bots are overridden by its own', async () => {
    await hookpulse.addBot('a');
    const b = await hookpulse.addBot('b');
    await hookpulse.setAlerts(b, { high_error_rate: { threshold: 0.9 } });
    await hookpulse.startAlerter();
    await hookpulse.controls.putOverrides({ high_error_rate: { threshold: 0.5, min_events: 1 } });
    for (const botId of ['b', 'a']) {
      await hookpulse.publish(botId, 10);
      await hookpulse.publishErrors(botId, 8);
    }
    await hookpulse.transitioned('a', 'high_error_rate', 'firing');
    expect(happened()).toEqual(['high_error_rate firing']);
  });
});

describe('many alerts at once', () => {
  test('of 500 bots are told in at most three mails that name them all, and resolved in one', async () => {
    const botIds = Array.from({ length: 500 }, (_, number) => `bot-${number}`);
    await Promise.all(
      botIds.map((botId) =>
        hookpulse.addBot(botId, {
          alerts: { no_traffic: { enabled: false }, high_error_rate: { threshold: 0.9 } },
        }),
      ),
    );
    const { url } = await hookpulse.startAlerter();
    await Promise.all(botIds.map((botId) => hookpulse.publishErrors(botId, 12)));
    for (const botId of botIds) await hookpulse.transitioned(botId, 'high_error_rate', 'firing');
    const named = (mails: readonly WrittenMail[]) =>
      botIds.filter((botId) => mails.some(({ text }) => text.includes(`[${botId}]`)));
    const told = await until('all bots to be named', async () => {
      const mails = await hookpulse.mails();
      hookpulse.pass(1_000);
      return named(mails).length === botIds.length ? mails : null;
    });
    expect(told.length).toBeLessThanOrEqual(3);

    await Promise.all(botIds.map((botId) => hookpulse.publish(botId, 12, WELL)));
    await until('all to be counted', async () => {
      return (await metricOf(url, 'hookpulse_alerter_events_total{outcome="counted"}')) === 12_000;
    });
    // All are seen to be well, and a minute later still are.
    const seen = await evaluationsOf(url);
    await until('them to be judged', async () => (await evaluationsOf(url)) >= seen + 2);
    hookpulse.pass(61_000);
    for (const botId of botIds) {
      await hookpulse.transitioned(botId, 'high_error_rate', 'resolved');
    }
    const all = await until('the end to be told', async () => {
      hookpulse.pass(1_000);
      const mails = await hookpulse.mails();
      return mails.length > told.length ? mails : null;
    });
    const ends = all.filter(({ subject }) => subject.startsWith('✅'));
    expect(ends).toHaveLength(1);
    expect(named(ends)).toHaveLength(500);
    expect(ends[0]?.inReplyTo).toBe(told[0]?.messageId);
  });
});

describe('a silence', () => {
  const silence = (endsAtMs: number) => ({
    silence_id: 'one',
    bot_id: 'a',
    rule: null,
    reason: 'moving house',
    created_by: 'Ada',
    created_at: new Date(0).toISOString(),
    ends_at: new Date(endsAtMs).toISOString(),
  });

  test('holds mails back; what still fires when it ends is mailed then', async () => {
    await hookpulse.addBot('a', { alerts: { no_traffic: { enabled: false } } });
    await hookpulse.addBot('b', { alerts: { no_traffic: { enabled: false } } });
    await hookpulse.controls.putSilence(silence(hookpulse.nowMs() + 10 * MINUTE_MS));
    await hookpulse.startAlerter();
    for (const botId of ['a', 'b']) await hookpulse.publishErrors(botId, 12);
    await hookpulse.transitioned('a', 'high_error_rate', 'firing');
    const [other] = await hookpulse.mailsOnceThere(1);
    expect(other?.subject).toContain('Bot b');
    hookpulse.pass(10 * MINUTE_MS);
    const [, held] = await hookpulse.mailsOnceThere(2);
    expect(held?.subject).toBe('⚠️ High Webhook Error Rate: Bot a');
  });

  test('swallows an alert that comes and goes within it, and says whose silence it was', async () => {
    await hookpulse.addBot('a', { alerts: { no_traffic: { enabled: false } } });
    await hookpulse.controls.putSilence(silence(hookpulse.nowMs() + 2 * DAY_MS));
    await hookpulse.startAlerter();
    await hookpulse.publishErrors('a', 12);
    await hookpulse.transitioned('a', 'high_error_rate', 'firing');
    await hookpulse.publish('a', 150);
    await hookpulse.transitionedInTime('a', 'high_error_rate', 'resolved');
    const receipt = await hookpulse.mailSettled('a', 'high_error_rate');
    expect(receipt).toMatchObject({ state: 'silenced', sequence: 2, detail: 'Ada: moving house' });
    expect(await hookpulse.mails()).toEqual([]);
  });
});

test('alerts that are not to be sent are judged and shown all the same', async () => {
  await hookpulse.addBot('a');
  await hookpulse.startAlerter({ isMailing: false });
  await hookpulse.publishErrors('a', 12);
  await hookpulse.transitioned('a', 'high_error_rate', 'firing');
  expect(await hookpulse.mailSettled('a', 'high_error_rate')).toMatchObject({ state: 'disabled' });
  expect(await hookpulse.mails()).toEqual([]);
});

describe('a restart', () => {
  test('neither fires nor resolves anything, and goes on where it was', async () => {
    for (const botId of ['failing', 'fine']) {
      await hookpulse.addBot(botId, { created_at: new Date(0).toISOString() });
      await hookpulse.publish(botId, 20);
    }
    await hookpulse.publishErrors('failing', 10);
    const first = await hookpulse.startAlerter();
    await hookpulse.transitioned('failing', 'high_error_rate', 'firing');
    await hookpulse.mailSettled('failing', 'high_error_rate');
    await first.close();
    hookpulse.pass(2 * MINUTE_MS);
    await hookpulse.startAlerter();
    // The second alerter has judged everything: a new alert passes through it.
    await hookpulse.publishErrors('fine', 10);
    await hookpulse.transitioned('fine', 'high_error_rate', 'firing');
    expect(happened()).toEqual(['high_error_rate firing', 'high_error_rate firing']);
    expect(await hookpulse.mailsOnceThere(2)).toHaveLength(2);
  });

  test('sends the mail that was owed, once', async () => {
    await hookpulse.addBot('a');
    await hookpulse.publishErrors('a', 12);
    const unreachable = { ...hookpulse.mailConfig, smtpUrl: 'smtp://127.0.0.1:1' };
    const first = await hookpulse.startAlerter({ mail: unreachable });
    await hookpulse.mailIs('a', 'high_error_rate', 'sending');
    await first.close();
    await hookpulse.startAlerter();
    await hookpulse.mailIs('a', 'high_error_rate', 'accepted');
    expect(await hookpulse.mails()).toHaveLength(1);
  });
});

describe('while the log is away', () => {
  test('nothing is judged: silence of the log is not silence of bots', async () => {
    await hookpulse.addBot('a', { created_at: new Date(0).toISOString() });
    await hookpulse.publish('a', 1);
    const alerter = await hookpulse.startAlerter();
    hookpulse.takeLogAway(true);
    hookpulse.pass(16 * MINUTE_MS);
    await until('the alerter to say that it does not judge', async () => {
      const answer = await fetch(`${alerter.url}/readyz`);
      return answer.status === 503 && (await answer.text()).includes('judging');
    });
    // What happened meanwhile is there when the log is.
    await hookpulse.publish('a', 1);
    hookpulse.takeLogAway(false);
    await until('it to judge again', async () => (await fetch(`${alerter.url}/readyz`)).ok);
    expect(happened()).toEqual([]);
  });
});

describe('when the clock was ahead and is set right', () => {
  const DAY_AHEAD_MS = DAY_MS;

  test('what happens then is judged and mailed at once', async () => {
    hookpulse.pass(DAY_AHEAD_MS);
    await hookpulse.startAlerter();
    await hookpulse.addBot('before');
    await hookpulse.publishErrors('before', 12);
    await hookpulse.transitioned('before', 'high_error_rate', 'firing');
    hookpulse.pass(-DAY_AHEAD_MS);
    await hookpulse.addBot('after');
    await hookpulse.publishErrors('after', 12);
    await hookpulse.transitioned('after', 'high_error_rate', 'firing');
    await hookpulse.mailIs('before', 'high_error_rate', 'accepted');
    await hookpulse.mailIs('after', 'high_error_rate', 'accepted');
    expect(happened()).toEqual(['high_error_rate firing', 'high_error_rate firing']);
  });

  test('it is not taken for ready before it has judged again', async () => {
    hookpulse.pass(DAY_AHEAD_MS);
    const alerter = await hookpulse.startAlerter();
    hookpulse.holdEvents(true);
    await hookpulse.addBot('a');
    await hookpulse.publish('a', 1);
    hookpulse.pass(-DAY_AHEAD_MS);
    await until('the alerter to say that it does not judge', async () => {
      return (await fetch(`${alerter.url}/readyz`)).status === 503;
    });
    hookpulse.holdEvents(false);
    await until('it to judge again', async () => (await fetch(`${alerter.url}/readyz`)).ok);
  });
});

test('several alerters share the bots, and one of them sends the mails', async () => {
  // In the outbox the same mail has the same name, however often it is written.
  const smtp = await startTestSmtpServer();
  try {
    const mail = { ...hookpulse.mailConfig, smtpUrl: smtp.url };
    const botIds = Array.from({ length: 24 }, (_, number) => `bot-${number}`);
    await Promise.all(botIds.map((botId) => hookpulse.addBot(botId)));
    await hookpulse.startAlerter({ mail });
    await hookpulse.startAlerter({ mail });
    await Promise.all(botIds.map((botId) => hookpulse.publishErrors(botId, 12)));
    for (const botId of botIds) await hookpulse.transitioned(botId, 'high_error_rate', 'firing');
    for (const botId of botIds) await hookpulse.mailSettled(botId, 'high_error_rate');
    expect(hookpulse.transitions).toHaveLength(botIds.length);
    const texts = smtp.mails.map(({ parsed }) => parsed.text).join('\n');
    for (const botId of botIds) expect(texts.split(`[${botId}]`)).toHaveLength(2);
  } finally {
    await smtp.close();
  }
});

describe('a heartbeat', () => {
  let beats: string[];
  let server: Server;
  let url: string;
  beforeEach(async () => {
    beats = [];
    server = createServer((request, response) => {
      beats.push(request.url ?? '');
      response.end();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    url = `http://127.0.0.1:${address.port}/ping`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  test('is heard while it judges', async () => {
    await hookpulse.startAlerter({ heartbeatUrl: url });
    await until('two beats', () => {
      hookpulse.pass(1_000);
      return beats.length >= 2;
    });
    expect(new Set(beats)).toEqual(new Set(['/ping']));
  });

  test('is not heard while it is behind the log, and judges what was long ago', async () => {
    await hookpulse.addBot('a');
    const alerter = await hookpulse.startAlerter({ heartbeatUrl: url });
    hookpulse.holdEvents(true);
    await hookpulse.publish('a', 1);
    hookpulse.pass(MINUTE_MS);
    await until('the alerter to be behind', async () => {
      return (await fetch(`${alerter.url}/readyz`)).status === 503;
    });
    const before = beats.length;
    hookpulse.pass(MINUTE_MS);
    const evaluations = await evaluationsOf(alerter.url);
    await until('it to have gone on evaluating', async () => {
      return (await evaluationsOf(alerter.url)) >= evaluations + 3;
    });
    expect(beats).toHaveLength(before);
    hookpulse.holdEvents(false);
    await until('a beat', () => beats.length > before);
  });
});

test('a receiver of one bot that is no mail address is told of its alert and the end, and named without its secret', async () => {
  const [webhook] = STAND_IN_CHANNELS;
  if (!webhook) throw new Error('there is no channel');
  const server = await startStandIn(webhookProtocolBy({ now: () => hookpulse.nowMs() }));
  try {
    const written = webhook.receiver(server);
    const name = shownReceiver(written);
    const sealed = withSealed(name, hookpulse.secretBox.seal(written, 'a', RECEIVER_FIELD));
    const bot = await hookpulse.addBot('a', { name: 'MyBot' });
    await hookpulse.setAlerts(bot, { receivers: [], channels: [sealed] });
    await hookpulse.startAlerter();
    await hookpulse.publishErrors('a', 20);
    await server.takenOnceThere(1);
    await hookpulse.publish('a', 400);
    await hookpulse.transitionedInTime('a', 'high_error_rate', 'resolved');
    const posts = await server.takenOnceThere(2);
    expect(posts.map(({ body }) => JSON.parse(body).type)).toEqual([
      'alert.firing',
      'alert.resolved',
    ]);
    await until('the end to be noted', () => {
      const receipt = hookpulse.alertStates.get('a|high_error_rate')?.channels?.[name];
      return receipt?.state === 'accepted' && receipt.sequence === 2;
    });
    expect(JSON.stringify([...hookpulse.alertStates.list()])).not.toContain('whsec_');
  } finally {
    await server.close();
  }
});

test('an outage of many bots is one notification on each channel', async () => {
  const [webhook] = STAND_IN_CHANNELS;
  if (!webhook) throw new Error('there is no channel');
  const server = await startStandIn(webhookProtocolBy({ now: () => hookpulse.nowMs() }));
  try {
    const bots = Array.from({ length: 15 }, (_, index) => `bot-${index}`);
    for (const botId of bots) await hookpulse.addBot(botId);
    const receivers = ['ops@example.com', webhook.receiver(server)];
    const rules = defaultRuleSettings(SAMPLE_ENVIRONMENT);
    await hookpulse.startAlerter({ base: { receivers, rules } });
    await Promise.all(bots.map((botId) => hookpulse.publishErrors(botId, 20)));
    for (const botId of bots) {
      await hookpulse.transitioned(botId, 'high_error_rate', 'firing');
      await hookpulse.mailSettled(botId, 'high_error_rate');
    }
    await until('all to be told', () =>
      bots.every((botId) => {
        const state = hookpulse.alertStates.get(`${botId}|high_error_rate`);
        return Object.values(state?.channels ?? {}).some((one) => one.state === 'accepted');
      }),
    );
    const told = server.taken.flatMap(({ body }) => JSON.parse(body).data.alerts);
    expect(told.map(({ bot_id }) => bot_id).toSorted()).toEqual(bots.toSorted());
    expect(server.taken.length).toBe((await hookpulse.mails()).length);
    expect(server.taken.length).toBeLessThan(bots.length);
  } finally {
    await server.close();
  }
});

function evaluationsOf(url: string): Promise<number> {
  return metricOf(url, 'hookpulse_alerter_evaluation_duration_seconds_count');
}

/** @param line - the name and the labels, as they stand on the page */
async function metricOf(url: string, line: string): Promise<number> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const found = page.split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.slice(line.length));
}
