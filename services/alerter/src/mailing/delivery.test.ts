/** Mails on their way to a server that takes its time. */

import type { Channel, Outcome } from '@hookpulse/channels/notification';
import { pastOf } from '@hookpulse/common/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import { steadyClock, systemClock } from '@hookpulse/common/runtime/clock';
import { sampleFiring } from '@hookpulse/common/testing/sample-alerts';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { expect, test } from '@jest/globals';
import type { PlannedMail } from '../domain/mail-plan.ts';
import { alerterMetrics } from '../metrics.ts';
import { type DeliveryDeps, deliver } from './delivery.ts';
import { KeyedQueue } from './keyed-queue.ts';

/** A mail about one bot, of its name. */
function planned(botId: string, receiver: string): PlannedMail {
  const { bot_id, bot_name, rule, ...rest } = sampleFiring('2026-02-10T20:00:00Z', {
    bot_id: botId,
  });
  const receivers = [receiver];
  const item = {
    bot_id,
    bot_name,
    rule,
    receivers,
    threadId: null,
    noticedMs: 0,
    isOfStorm: false,
    before: { told: null, turnedDown: [] },
    telling: 0,
  };
  const mail = pastOf({ bot_id, bot_name, rule, ...rest });
  return { messageId: botId, threadId: null, receivers, items: [{ ...item, mail }] };
}

function depsWith(
  transport: Channel,
  publish: (receipts: readonly MailReceipt[]) => Promise<void>,
): DeliveryDeps {
  return {
    channel: transport,
    receipts: { publish },
    queue: new KeyedQueue(),
    text: { publicUrl: null, windowMs: 900_000 },
    clock: systemClock,
    steadyClock,
    logger: silentLogger,
    metrics: alerterMetrics(createServiceMetrics('alerter').registry),
    isMailer: () => true,
  };
}

test('a receiver who is turned down again and again does not hold up what the others are told', async () => {
  const happened: string[] = [];
  const to: (readonly string[])[] = [];
  let nowMs = 0;
  const transport: Channel = {
    name: 'smtp',
    async send(mail) {
      to.push(mail.to);
      if (to.length === 3) nowMs = 3_600_000;
      const isFirst = to.length === 1;
      return {
        kind: 'later',
        detail: 'dev: full',
        leftTo: ['dev@x.test'],
        taken: isFirst ? ['ops@x.test'] : [],
      };
    },
    close: async () => undefined,
  };
  const publish = async (receipts: readonly MailReceipt[]) => {
    for (const { state, detail } of receipts) happened.push(`${state}: ${detail}`);
  };
  const deps = { ...depsWith(transport, publish), steadyClock: { now: () => nowMs } };
  const mail = { ...planned('a', 'ops@x.test'), receivers: ['ops@x.test', 'dev@x.test'] };
  await deliver(mail, true, deps, new AbortController().signal);
  expect(to).toEqual([['ops@x.test', 'dev@x.test'], ['dev@x.test'], ['dev@x.test']]);
  expect(happened.at(-1)).toBe('accepted: dev: full; given up: dev: full');
  expect(happened.slice(0, -1)).toEqual(['sending: dev: full', 'sending: dev: full; dev: full']);
});

test('a mail that somebody has is no refused one, whatever is said of the others later', async () => {
  const states: string[] = [];
  let attempts = 0;
  const transport: Channel = {
    name: 'smtp',
    async send() {
      attempts += 1;
      return attempts === 1
        ? {
            kind: 'later',
            detail: 'dev: greylisted',
            leftTo: ['dev@x.test'],
            taken: ['ops@x.test'],
          }
        : { kind: 'refused', detail: 'dev: no such user' };
    },
    close: async () => undefined,
  };
  const publish = async (receipts: readonly MailReceipt[]) => {
    for (const { state, detail } of receipts) states.push(`${state}: ${detail}`);
  };
  const mail = { ...planned('a', 'ops@x.test'), receivers: ['ops@x.test', 'dev@x.test'] };
  await deliver(mail, true, depsWith(transport, publish), new AbortController().signal);
  expect(states).toEqual([
    'sending: dev: greylisted',
    'accepted: dev: greylisted; dev: no such user',
  ]);
});

test('a channel that refuses what others know already has not accepted it', async () => {
  const states: string[] = [];
  const transport: Channel = {
    name: 'smtp',
    send: async () => ({ kind: 'refused', detail: 'gone' }),
    close: async () => undefined,
  };
  const publish = async (receipts: readonly MailReceipt[]) => {
    for (const { state } of receipts) states.push(state);
  };
  const { items, ...rest } = planned('a', 'telegram://1');
  const late = items.map((one) => ({ ...one, telling: 1, channel: 'telegram://1' }));
  const deps = depsWith(transport, publish);
  await deliver({ ...rest, items: late }, true, deps, new AbortController().signal);
  expect(states).toEqual(['refused']);
});

test('what became of a mail is noted also by who lost the sending of mails meanwhile', async () => {
  let isMailer = true;
  let attempts = 0;
  const states: string[] = [];
  const transport: Channel = {
    name: 'smtp',
    async send() {
      isMailer = false; // a rebalance, while the server had the mail
      return { kind: 'accepted', detail: null, taken: [] };
    },
    close: async () => undefined,
  };
  const publish = async (receipts: readonly MailReceipt[]) => {
    attempts += 1;
    if (attempts < 3) throw new LogUnavailableError('away');
    for (const { state } of receipts) states.push(state);
  };
  const deps = { ...depsWith(transport, publish), isMailer: () => isMailer };
  await deliver(planned('a', 'ops@x.test'), true, deps, new AbortController().signal);
  expect(states).toEqual(['accepted']);
});

test('to the same receivers a mail is tried when what became of the one before is on the log', async () => {
  const happened: string[] = [];
  const answers = new Map<string, PromiseWithResolvers<Outcome>>();
  const transport: Channel = {
    name: 'smtp',
    send({ messageId }) {
      happened.push(`${messageId} tried`);
      const answer = Promise.withResolvers<Outcome>();
      answers.set(messageId, answer);
      return answer.promise;
    },
    close: async () => undefined,
  };
  const publish = async (receipts: readonly MailReceipt[]) => {
    for (const { bot_id, state } of receipts) happened.push(`${bot_id} ${state}`);
  };
  const deps = depsWith(transport, publish);
  const mails = [
    planned('a', 'ops@x.test'),
    planned('b', 'ops@x.test'),
    planned('c', 'dev@x.test'),
  ];
  const { signal } = new AbortController();
  const delivered = Promise.all(mails.map((mail) => deliver(mail, true, deps, signal)));

  await until('the first of each queue', () => answers.size === 2);
  expect(happened).toEqual(['a tried', 'c tried']);
  answers.get('a')?.resolve({ kind: 'accepted', detail: null, taken: [] });
  await until('the second', () => answers.has('b'));
  expect(happened.slice(2)).toEqual(['a accepted', 'b tried']);
  answers.get('b')?.resolve({ kind: 'refused', detail: 'no such user' });
  answers.get('c')?.resolve({ kind: 'accepted', detail: null, taken: [] });
  await delivered;
  expect(happened.slice(4).toSorted()).toEqual(['b refused', 'c accepted']);
});
