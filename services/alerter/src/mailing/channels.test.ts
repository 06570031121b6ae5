/** Alerts on their way through each channel, by the mailer itself: none lost, at most one repeat a kill. */
import { setTimeout as delay } from 'node:timers/promises';
import { openChannels } from '@hookpulse/channels/open-channels';
import { BOT_TOKEN } from '@hookpulse/channels/testing/protocols';
import { type StandInReceiver, startStandIn } from '@hookpulse/channels/testing/stand-in-receiver';
import { STAND_IN_CHANNELS, type StandInChannel } from '@hookpulse/channels/testing/stand-ins';
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import { type AlertState, evolve } from '@hookpulse/common/alerts/decider';
import { type MailReceipt, mailReceiptValidator } from '@hookpulse/common/alerts/mail-receipt';
import { readReceiver } from '@hookpulse/common/alerts/receiver';
import { sampleFiring, sampleNext } from '@hookpulse/common/testing/sample-alerts';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { afterEach, describe, expect, test } from '@jest/globals';
import { alerterMetrics } from '../metrics.ts';
import { testChannels } from '../testing/alerter-fixture.ts';
import { Mailer } from './mailer.ts';

const fired = sampleFiring('2026-02-10T20:00:00Z');
const resolved = sampleNext(fired, 'resolved', '2026-02-10T20:05:00Z');
const NEVER = new Promise<void>(() => undefined);
/** Time passes faster. */
const HASTE = 20;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** The log as far as it concerns one alert, and a mailer on it that can be killed. */
class ChannelRig {
  readonly #server: StandInReceiver;
  readonly #receivers: readonly string[];
  readonly #target: ReturnType<typeof readReceiver>;
  readonly shown: string;
  #state: AlertState = { transition: fired, receipt: null };
  #aheadMs = 0;
  #mailer: Mailer | null = null;
  /** Of what is published it is as if the process had died before. */
  isDyingAt: ((receipt: MailReceipt) => boolean) | null = null;
  hasDied = false;

  constructor(server: StandInReceiver, receiver: string, others: readonly string[]) {
    this.#server = server;
    this.#target = readReceiver(receiver);
    this.shown = this.#target.isOk ? this.#target.shown : '';
    this.#receivers = [...others, this.shown];
  }

  get receipt(): MailReceipt | undefined {
    return this.#state.channels?.[this.shown];
  }

  get mailReceipt(): MailReceipt | null {
    return this.#state.receipt;
  }

  happens(transition: AlertTransition): void {
    this.#state = evolve(this.#state, transition);
  }

  /** Another process, which knows what the log says. */
  startMailer(): void {
    this.isDyingAt = null;
    this.hasDied = false;
    const { url } = this.#server;
    const channel = openChannels({
      mail: {
        name: 'smtp',
        send: async ({ to }) => ({ kind: 'accepted', detail: null, taken: to }),
        close: async () => undefined,
      },
      book: {
        open: () =>
          this.#target.isOk
            ? this.#target.receiver
            : { kind: 'refused', detail: this.#target.problem },
        tokenOf: () => BOT_TOKEN,
      },
      settings: testChannels({ telegramApiUrl: url, pagerDutyApiUrl: url, timeoutMs: 500 }),
      clock: { now: () => this.#nowMs() },
    });
    // The mailer is never closed, as one that is killed is not.
    opened.push(channel);
    const publish: EventLog['publish'] = async (messages) => {
      for (const { value } of messages) {
        const receipt = parseAs(value === null ? null : Buffer.from(value), mailReceiptValidator);
        if (!receipt) throw new Error('no receipt');
        if (this.hasDied || this.isDyingAt?.(receipt)) {
          this.hasDied = true;
          return NEVER;
        }
        this.#state = evolve(this.#state, receipt);
      }
    };
    this.#mailer = new Mailer({
      log: { publish },
      alertStates: { list: () => [this.#state] },
      controls: { silences: () => [] },
      channel,
      settings: {
        isEnabled: true,
        text: { publicUrl: null, windowMs: 900_000 },
        idHost: 'example.com',
      },
      clock: { now: () => this.#nowMs() },
      steadyClock: { now: () => this.#nowMs() },
      logger: silentLogger,
      metrics: alerterMetrics(createServiceMetrics('alerter').registry),
      receiversOf: () => this.#receivers,
      isMailer: () => !this.hasDied,
      pause: (ms) => delay(ms / HASTE),
    });
  }

  /** Looks again and again, until the condition holds; time passes a little faster. */
  async lookUntil(what: string, condition: () => boolean): Promise<void> {
    await until(what, async () => {
      this.#aheadMs += 100;
      if (!this.hasDied) await this.#mailer?.look();
      return condition();
    });
  }

  #nowMs(): number {
    return Date.now() + this.#aheadMs;
  }
}

async function rigOf(channel: StandInChannel, others: readonly string[] = []) {
  const server = await startStandIn(channel.protocol);
  opened.push(server);
  const rig = new ChannelRig(server, channel.receiver(server), others);
  rig.startMailer();
  return { rig, server };
}

const isSettled = (rig: ChannelRig, sequence: number) =>
  rig.receipt?.state === 'accepted' && rig.receipt.sequence === sequence;

describe.each(STAND_IN_CHANNELS)('$name', (channel) => {
  test('is told in order, once each, however often it is not ready', async () => {
    const { rig, server } = await rigOf(channel);
    server.next.push({ status: 503 }, channel.tooMany(1));
    await rig.lookUntil('the first to be taken', () => isSettled(rig, 1));
    rig.happens(resolved);
    server.next.push('silence');
    await rig.lookUntil('the second to be taken', () => isSettled(rig, 2));
    expect(server.taken).toHaveLength(2);
    expect(rig.receipt).toMatchObject({ channel: rig.shown, told: [rig.shown] });
  });

  test('gets at most one repeat when Hookpulse is killed before it notes that it was taken', async () => {
    const { rig, server } = await rigOf(channel);
    rig.isDyingAt = ({ state }) => state === 'accepted';
    await rig.lookUntil('the kill', () => rig.hasDied);
    expect(rig.receipt).toMatchObject({ state: 'sending' });
    rig.startMailer();
    await rig.lookUntil('it to be noted', () => isSettled(rig, 1));
    expect(server.taken.length).toBe(2);
    const [first, second] = server.taken;
    expect(second?.body).toBe(first?.body);
    rig.happens(resolved);
    await rig.lookUntil('the end to be taken', () => isSettled(rig, 2));
    expect(server.taken.length).toBe(3);
  });

  test('that refuses for good keeps nothing back', async () => {
    const { rig, server } = await rigOf(channel);
    server.next.push(channel.refusal);
    await rig.lookUntil('the refusal', () => rig.receipt?.state === 'refused');
    expect(server.taken).toHaveLength(0);
    rig.happens(resolved);
    // Nobody there knows that it fired.
    await rig.lookUntil('the end to be settled', () => rig.receipt?.state === 'no_receivers');
    expect(server.taken).toHaveLength(0);
  });

  test('that is away delays no mail, and misses nothing', async () => {
    const { rig, server } = await rigOf(channel, ['ops@example.com']);
    server.next.push(...Array.from({ length: 3 }, () => ({ status: 503 })));
    await rig.lookUntil('the mail', () => rig.mailReceipt?.state === 'accepted');
    rig.happens(resolved);
    await rig.lookUntil('the mail of the end', () => rig.mailReceipt?.sequence === 2);
    await rig.lookUntil('the channel to catch up', () => isSettled(rig, 2));
    expect(server.taken).toHaveLength(2);
  });
});
