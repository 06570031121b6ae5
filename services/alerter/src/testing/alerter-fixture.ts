/** A running alerter on a log of its own, with bots, events and an outbox, for tests. */

import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelSettings } from '@hookpulse/channels/open-channels';
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import type { MailReceipt, MailState } from '@hookpulse/common/alerts/mail-receipt';
import type { Span } from '@hookpulse/common/alerts/rules/listening';
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import type { Bot } from '@hookpulse/common/bots/bot';
import { newEventId } from '@hookpulse/common/events/event-identity';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { createSecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import {
  type EventLog,
  type LogMessage,
  LogUnavailableError,
} from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import {
  EVENTS_TOPIC,
  FORWARDING_STATUS_TOPIC,
  schemaHeader,
  TOPIC_SPECS,
} from '@hookpulse/event-log/topics';
import type { MailConfig } from '@hookpulse/service-kit/config/config';
import {
  type AlertControls,
  openAlertControls,
} from '@hookpulse/topic-tables/alerts/alert-controls';
import { type AlertStates, openAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { type BotRegistry, openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { ForwardingStatus } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import { type FirstEvents, openFirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import { simpleParser } from 'mailparser';

import { type AlerterSettings, type RunningAlerterService, start } from '../start.ts';

export interface WrittenMail {
  readonly writtenMs: number;
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly inReplyTo: string | undefined;
  readonly to: string;
}

const WINDOW_MS = 900_000;
/** Often, so that nobody waits long. */
const PACE = { evaluationMs: 50, lookMs: 25 };
const TICK_MS = 20;
/** Of a tick while a mail is waited for: the first waits a while for others. */
const SOON_MS = 100;
const silent = silentLogger;

export class AlerterFixture {
  readonly registry: BotRegistry;
  readonly controls: AlertControls;
  readonly firstEvents: FirstEvents;
  /** Seals the secrets of receivers. */
  readonly secretBox = createSecretBox(randomSecret());
  /** When nobody listened; none unless a test says so. */
  absences: readonly Span[] = [];
  /** Every transition in the order of the log. */
  readonly transitions: AlertTransition[];
  readonly alertStates: AlertStates;
  readonly log: EventLog;
  readonly #directory: string;
  readonly #alerters: RunningAlerterService[] = [];
  /** What the alerters' clock is ahead of the real one. */
  #aheadMs = 0;
  #isLogAway = false;
  #areEventsHeld = false;
  /** Each evaluation asks for them first. */
  #rangesAsked = 0;

  private constructor(parts: {
    registry: BotRegistry;
    controls: AlertControls;
    firstEvents: FirstEvents;
    alertStates: AlertStates;
    transitions: AlertTransition[];
    log: EventLog;
    directory: string;
  }) {
    this.registry = parts.registry;
    this.controls = parts.controls;
    this.firstEvents = parts.firstEvents;
    this.alertStates = parts.alertStates;
    this.transitions = parts.transitions;
    this.log = parts.log;
    this.#directory = parts.directory;
  }

  static async open(): Promise<AlerterFixture> {
    const directory = await mkdtemp(join(tmpdir(), 'hookpulse-alerter-'));
    const log = await openSqliteEventLog({ directory, retentionDays: 7 }, silent);
    await log.ensureTopics(TOPIC_SPECS);
    const transitions: AlertTransition[] = [];
    const alertStates = await openAlertStates({ log, logger: silent });
    alertStates.onTransition((transition) => transitions.push(transition));
    return new AlerterFixture({
      registry: await openBotRegistry(log, silent),
      controls: await openAlertControls({ log, logger: silent }),
      firstEvents: await openFirstEvents({ log, logger: silent }),
      alertStates,
      transitions,
      log,
      directory,
    });
  }

  get mailConfig(): MailConfig {
    return {
      smtpUrl: null,
      outboxDir: this.#outbox,
      from: 'hookpulse@localhost',
      to: [],
      publicUrl: null,
    };
  }

  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Lets time pass for the alerters. */
  pass(ms: number): void {
    this.#aheadMs += ms;
  }

  /** The log answers nothing that tells how far it goes, as when its brokers are away. */
  takeLogAway(isAway: boolean): void {
    this.#isLogAway = isAway;
  }

  /** The log tells its ends, and hands over no more events, as when a consumer is stuck. */
  holdEvents(areHeld: boolean): void {
    this.#areEventsHeld = areHeld;
  }

  async startAlerter(settings: Partial<AlerterSettings> = {}): Promise<RunningAlerterService> {
    const alerter = await start({
      settings: {
        host: '127.0.0.1',
        port: 0,
        windowMs: WINDOW_MS,
        base: {
          receivers: ['ops@example.com'],
          rules: defaultRuleSettings({
            windowMs: settings.windowMs ?? WINDOW_MS,
            errorRateThreshold: 0.1,
            minEvents: 10,
            signatureFailureThreshold: 5,
            repeatAfterMinutes: 30,
            noTrafficRepeatAfterMinutes: 60,
            noTrafficAfterSeconds: null,
            slowProcessingLimitMs: null,
          }),
        },
        isMailing: true,
        mail: this.mailConfig,
        channels: testChannels(),
        heartbeatUrl: null,
        ...settings,
      },
      log: this.#shownLog(),
      registry: this.registry,
      controls: this.controls,
      presence: { absences: () => this.absences, close: async () => undefined },
      firstEvents: this.firstEvents,
      secretBox: this.secretBox,
      logger: silent,
      clock: { now: () => this.nowMs() },
      pace: PACE,
    });
    this.#alerters.push(alerter);
    await until('the alerter to judge', async () => (await fetch(`${alerter.url}/readyz`)).ok);
    return alerter;
  }

  /** Registers a bot that was made just now, so that its silence is none yet. */
  async addBot(botId: string, changes: Partial<Bot> = {}): Promise<Bot> {
    const at = iso(this.nowMs());
    const bot = testBot(botId, { created_at: at, updated_at: at, ...changes });
    await this.registry.put(bot);
    return bot;
  }

  /** Registers a bot that was made, and heard of, a day ago. */
  async addSilentBot(botId: string, changes: Partial<Bot> = {}): Promise<Bot> {
    const dayAgoMs = this.nowMs() - DAY_MS;
    await this.firstEvents.note(new Map([[botId, dayAgoMs]]));
    return this.addBot(botId, { created_at: new Date(dayAgoMs).toISOString(), ...changes });
  }

  /** Says of a bot what the forwarder would. */
  async tellForwarding(
    botId: string,
    status: Pick<ForwardingStatus, 'oldest_at' | 'backlog'> & Partial<ForwardingStatus>,
  ): Promise<void> {
    const rest = { in_flight: 0, next_attempt_at: null, last_failure: null };
    const value = JSON.stringify({ state: 'failing', ...rest, ...status });
    await this.log.publish([{ topic: FORWARDING_STATUS_TOPIC, key: botId, value }]);
  }

  setAlerts(bot: Bot, alerts: NonNullable<Bot['alerts']>): Promise<void> {
    return this.registry.put({ ...bot, alerts });
  }

  /** Puts events of a bot on the log, as of now. */
  async publish(botId: string, count: number, changes: Partial<WebhookEvent> = {}): Promise<void> {
    const messages = Array.from({ length: count }, () => {
      const event = sampleEvent({
        event_id: newEventId(Date.now()),
        bot_id: botId,
        timestamp: new Date(this.nowMs()).toISOString(),
        ...changes,
      });
      const headers = schemaHeader(EVENTS_TOPIC);
      return { topic: EVENTS_TOPIC, key: botId, value: JSON.stringify(event), headers };
    });
    await this.log.publish(messages);
  }

  publishErrors(botId: string, count: number): Promise<void> {
    const error = { event_type: 'error', status: 'failed', error_type: 'ValueError' } as const;
    return this.publish(botId, count, error);
  }

  /** Every mail written so far, in the order of their writing. */
  async mails(): Promise<WrittenMail[]> {
    const names = (await readdir(this.#outbox).catch(() => [])).filter((n) => n.endsWith('.eml'));
    const mails = await Promise.all(names.map((name) => readMail(join(this.#outbox, name))));
    return mails.toSorted((a, b) => a.writtenMs - b.writtenMs);
  }

  mailsOnceThere(count: number): Promise<WrittenMail[]> {
    return this.#inTime(SOON_MS, `${count} mails`, async () => {
      const mails = await this.mails();
      return mails.length >= count ? mails : null;
    });
  }

  /** Resolves with the newest transition of a bot and rule once it is this one. */
  transitioned(
    botId: string,
    rule: string,
    transition: AlertTransition['transition'],
  ): Promise<AlertTransition> {
    return until(`${rule} of ${botId} to be ${transition}`, () =>
      this.#newest(botId, rule, transition),
    );
  }

  /** Resolves with the newest receipt once the newest transition of a bot and rule is settled. */
  mailSettled(botId: string, rule: string): Promise<MailReceipt> {
    return this.#inTime(SOON_MS, `the mail about ${rule} of ${botId} to be settled`, () => {
      const state = this.alertStates.get(`${botId}|${rule}`);
      const { receipt = null, transition = null } = state ?? {};
      const isSettledNow =
        receipt?.sequence === transition?.sequence && receipt?.state !== 'sending';
      return isSettledNow ? receipt : null;
    });
  }

  async mailIs(botId: string, rule: string, state: MailState): Promise<void> {
    await this.#inTime(SOON_MS, `the mail about ${rule} of ${botId} to be ${state}`, () => {
      return this.alertStates.get(`${botId}|${rule}`)?.receipt?.state === state;
    });
  }

  /** As `transitioned`, with time passing while it is waited for: ten seconds every few milliseconds. */
  transitionedInTime(
    botId: string,
    rule: string,
    transition: AlertTransition['transition'],
  ): Promise<AlertTransition> {
    return this.#inTime(10_000, `${rule} of ${botId} to be ${transition} in time`, () =>
      this.#newest(botId, rule, transition),
    );
  }

  #newest(
    botId: string,
    rule: string,
    transition: AlertTransition['transition'],
  ): AlertTransition | null {
    const newest = this.alertStates.get(`${botId}|${rule}`)?.transition;
    return newest?.transition === transition ? newest : null;
  }

  /** As `until`, with so much time passing for the alerters every few milliseconds, if they evaluated since. */
  async #inTime<T>(
    stepMs: number,
    what: string,
    probe: () => Promise<T | null | false> | T | null | false,
  ): Promise<T> {
    let asked = this.#rangesAsked;
    const passing = setInterval(() => {
      // However slow the machine is, no window goes by between two evaluations.
      if (this.#rangesAsked > asked) this.pass(stepMs);
      asked = this.#rangesAsked;
    }, TICK_MS);
    try {
      return await until(what, probe);
    } finally {
      clearInterval(passing);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#alerters.map((alerter) => alerter.close()));
    await this.alertStates.close();
    await this.controls.close();
    await this.firstEvents.close();
    await this.registry.close();
    await this.log.close();
    await rm(this.#directory, { recursive: true });
  }

  get #outbox(): string {
    return join(this.#directory, 'outbox');
  }

  /** The log as the alerters see it: by their clock, and away when it is taken away. */
  #shownLog(): EventLog {
    const { log } = this;
    const shown: Partial<EventLog> = {
      ranges: (topic) => {
        this.#rangesAsked += 1;
        return this.#isLogAway
          ? Promise.reject(new LogUnavailableError('away'))
          : log.ranges(topic);
      },
      offsetsAt: (topic, timestampMs) => log.offsetsAt(topic, timestampMs - this.#aheadMs),
      consume: ({ handler, ...options }) =>
        log.consume({
          ...options,
          handler: {
            onAssigned: (places) => handler.onAssigned(places),
            onRevoked: (places) => handler.onRevoked(places),
            onBatch: (batch) =>
              this.#areEventsHeld
                ? Promise.reject(new LogUnavailableError('held'))
                : handler.onBatch({ ...batch, messages: batch.messages.map(withLogTime) }),
          },
        }),
    };
    return new Proxy(log, {
      get(target, name) {
        const value: unknown = Reflect.get(shown, name) ?? Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** As if the log had taken the event when it happened. */
function withLogTime(message: LogMessage): LogMessage {
  const text = Buffer.from(message.value ?? []).toString();
  const [, timestamp] = /"timestamp":"([^"]+)"/.exec(text) ?? [];
  return timestamp === undefined ? message : { ...message, timestampMs: Date.parse(timestamp) };
}

async function readMail(path: string): Promise<WrittenMail> {
  const { mtimeMs: writtenMs } = await stat(path);
  const mail = await simpleParser(await readFile(path));
  const to = Array.isArray(mail.to) ? mail.to[0] : mail.to;
  return {
    writtenMs,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    messageId: mail.messageId ?? '',
    inReplyTo: mail.inReplyTo,
    to: to?.text ?? '',
  };
}

/** Stand-ins listen on loopback. */
export function testChannels(changes: Partial<ChannelSettings> = {}): ChannelSettings {
  return {
    allowedHosts: ['127.0.0.1'],
    telegramApiUrl: 'http://127.0.0.1:9',
    pagerDutyApiUrl: 'http://127.0.0.1:9',
    botToken: null,
    webhookSecret: null,
    ...changes,
  };
}
