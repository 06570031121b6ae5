/**
 * A month of a fleet in simulated time: traffic and troubles of bots, outages of Hookpulse and of the
 * log, restarts of the alerter, receivers that come and go. What judges, decides and mails is the
 * alerter's own code; only the log, the clock and the mail server are simulated.
 */

import type { Notification } from '@hookpulse/channels/notification';
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import { absencesWithin, type Span } from '@hookpulse/common/alerts/rules/listening';
import { defaultRuleSettings, overrideRules } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { INVALID_SIGNATURE, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { type AlertStates, openAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { CountingTerms } from '../domain/judged-window.ts';
import { windowShape } from '../domain/window-shape.ts';
import type { RosterEntry } from '../judging/bot-roster.ts';
import { FleetJudge } from '../judging/fleet-judge.ts';
import { TransitionPublisher } from '../judging/transition-publisher.ts';
import { WatchedPartition } from '../judging/watched-partition.ts';
import { Mailer } from '../mailing/mailer.ts';
import { alerterMetrics } from '../metrics.ts';
import { sampleRosterEntry } from '../testing/sample-roster-entry.ts';
import { type BotLife, botLife, pick, type Random, randomOf, troubleAt } from './bot-life.ts';

const WINDOW_MS = SAMPLE_ENVIRONMENT.windowMs;
/** A month has to be over in seconds; rules know no time that is much shorter. */
const STEP_MS = 3 * MINUTE_MS;
/** Telegram comes back with what it could not deliver. */
const LONGEST_RETRY_MS = 2 * MINUTE_MS;
/** As `openPresence` has it. */
const TOLERANCE_MS = 25 * SECOND_MS;
const SLOW_LIMIT_MS = 500;
const BASE_RECEIVERS = ['ops@example.com'];
const LATE_RECEIVER = 'late@example.com';

const logger = silentLogger;

/** What happens to Hookpulse itself. */
export type Fault =
  /** Nothing runs. */
  | 'stopped'
  /** The log takes nothing and tells nothing. */
  | 'log_away'
  /** The alerter alone is started again. */
  | 'alerter_restarts'
  /** Alerts are switched off. */
  | 'alerts_off'
  /** Somebody is set to receive alerts, beside the others. */
  | 'late_receiver';

export interface SimulatedFault extends Span {
  readonly fault: Fault;
}

export interface SimulatedMail {
  readonly messageId: string;
  readonly to: readonly string[];
  /** Whether it says that what it names is over. */
  readonly isEnd: boolean;
  /** The alerts that it names. */
  readonly alertIds: readonly string[];
}

export interface SimulatedMonth {
  readonly span: Span;
  readonly lives: readonly BotLife[];
  readonly faults: readonly SimulatedFault[];
  readonly transitions: readonly AlertTransition[];
  readonly mails: readonly SimulatedMail[];
  /** Alerts that fire in the end. */
  readonly open: readonly AlertTransition[];
}

export interface MonthOptions {
  readonly seed: number;
  readonly bots: number;
  readonly days: number;
}

export async function simulateMonth(options: MonthOptions): Promise<SimulatedMonth> {
  const month = new Month(options);
  await month.live();
  return month.told();
}

class Month {
  readonly #span: Span;
  readonly #lives: readonly BotLife[];
  readonly #faults: readonly SimulatedFault[];
  readonly #random: Random;
  readonly #log = new SimulatedLog();
  readonly #transitions: AlertTransition[] = [];
  readonly #mails: SimulatedMail[] = [];
  readonly #roster: ReadonlyMap<string, { entry: RosterEntry }>;
  readonly #heard = new Map<string, number>();
  readonly #mailSettings = {
    isEnabled: true,
    text: { publicUrl: null, windowMs: WINDOW_MS },
    idHost: 'example.com',
  };
  #nowMs: number;
  #boardPart: AlertStates | null = null;
  #alerterPart: SimulatedAlerter | null = null;
  /** What the sender has looked at: all that could make a mail due. */
  #mailedNews = '';

  constructor({ seed, bots, days }: MonthOptions) {
    const fromMs = Date.parse('2026-02-01T00:00:00Z');
    this.#span = { fromMs, toMs: fromMs + days * DAY_MS };
    this.#nowMs = fromMs;
    this.#random = randomOf(seed);
    this.#lives = Array.from({ length: bots }, (_, number) =>
      botLife(number, this.#span, this.#random),
    );
    this.#faults = faultsOf(this.#span, this.#random);
    this.#roster = new Map(
      this.#lives.map(({ botId }) => [botId, { entry: entryOf(botId, fromMs) }]),
    );
  }

  async live(): Promise<void> {
    this.#boardPart = await openAlertStates({ log: this.#log, logger });
    this.#boardPart.onTransition((transition) => this.#transitions.push(transition));
    const traffic = new Traffic(this.#lives, this.#span.fromMs, this.#random);
    let stretchMs = this.#span.fromMs;
    const stretches: Span[] = [];
    for (let stepMs = this.#span.fromMs; stepMs < this.#span.toMs; stepMs += STEP_MS) {
      const isListening = !this.#isFault('stopped', stepMs) && !this.#isFault('log_away', stepMs);
      if (!isListening) {
        if (this.#isFault('stopped', stepMs)) this.#alerterPart = null;
        stretchMs = stepMs + STEP_MS;
        traffic.holdBack(stepMs + STEP_MS);
        continue;
      }
      this.#nowMs = stepMs + STEP_MS;
      stretches.push({ fromMs: stretchMs, toMs: this.#nowMs });
      if (stretches.length > 1 && stretches.at(-2)?.fromMs === stretchMs) stretches.splice(-2, 1);
      this.#switchBots();
      this.#mailSettings.isEnabled = !this.#isFault('alerts_off', stepMs);
      if (this.#startsAt('alerter_restarts', stepMs)) this.#alerterPart = null;
      this.#alerterPart ??= this.#startAlerter(stretches);
      const alerter = this.#alerterPart;
      const events = traffic.until(this.#nowMs, (botId) => this.#isEnabled(botId));
      this.#log.events.push(...events);
      alerter.fold(events);
      this.#log.forgetBefore(this.#nowMs - 2 * WINDOW_MS);
      await alerter.judge(this.#nowMs);
      await this.#mail(alerter);
    }
  }

  told(): SimulatedMonth {
    return {
      span: this.#span,
      lives: this.#lives,
      faults: this.#faults,
      transitions: this.#transitions,
      mails: this.#mails,
      open: [...this.#alertStates.list()]
        .map(({ transition }) => transition)
        .filter(({ transition }) => transition !== 'resolved'),
    };
  }

  get #alertStates(): AlertStates {
    if (!this.#boardPart) throw new Error('the month has not begun');
    return this.#boardPart;
  }

  #startAlerter(stretches: readonly Span[]): SimulatedAlerter {
    const metrics = alerterMetrics(createServiceMetrics('alerter').registry);
    return new SimulatedAlerter({
      log: this.#log,
      alertStates: this.#alertStates,
      roster: this.#roster,
      heard: this.#heard,
      stretches,
      startedMs: this.#nowMs - STEP_MS,
      mailer: new Mailer({
        log: this.#log,
        alertStates: this.#alertStates,
        controls: { silences: () => [] },
        channel: {
          name: 'smtp',
          send: async (mail) => {
            this.#mails.push(this.#simulated(mail));
            return { kind: 'accepted', detail: null, taken: mail.to };
          },
          close: async () => undefined,
        },
        settings: this.#mailSettings,
        clock: { now: () => this.#nowMs },
        steadyClock: { now: () => this.#nowMs },
        logger,
        metrics,
        receiversOf: () => this.#receivers(),
        isMailer: () => true,
      }),
    });
  }

  /** That it is being sent is on the alert table before it is. */
  #simulated({ messageId, to, subject }: Notification): SimulatedMail {
    const receipts = [...this.#alertStates.list()].map(({ receipt }) => receipt);
    const own = receipts.filter((receipt) => receipt?.message_id === messageId);
    const alertIds = own.flatMap((receipt) => (receipt ? [receipt.alert_id] : []));
    return { messageId, to, isEnd: subject.startsWith('✅'), alertIds };
  }

  /** Two looks of the sender: the first notices what is due, the second sends it. */
  async #mail({ mailer }: SimulatedAlerter): Promise<void> {
    const news = `${this.#transitions.length} ${this.#mailSettings.isEnabled} ${this.#receivers()}`;
    if (news === this.#mailedNews) return;
    this.#mailedNews = news;
    await mailer.look();
    this.#nowMs += 2 * SECOND_MS;
    await mailer.look();
    await untilIdle();
  }

  #receivers(): readonly string[] {
    const isLateThere = this.#isFault('late_receiver', this.#nowMs);
    return isLateThere ? [...BASE_RECEIVERS, LATE_RECEIVER] : BASE_RECEIVERS;
  }

  #switchBots(): void {
    for (const life of this.#lives) {
      const slot = this.#roster.get(life.botId);
      const isDisabled = troubleAt(life, this.#nowMs) === 'disabled';
      if (!slot || slot.entry.bot.enabled === !isDisabled) continue;
      slot.entry = isDisabled
        ? { ...slot.entry, bot: { ...slot.entry.bot, enabled: false } }
        : entryOf(life.botId, this.#nowMs);
    }
  }

  #isEnabled(botId: string): boolean {
    return this.#roster.get(botId)?.entry.bot.enabled ?? false;
  }

  #isFault(fault: Fault, atMs: number): boolean {
    return this.#faults.some((one) => one.fault === fault && one.fromMs <= atMs && atMs < one.toMs);
  }

  #startsAt(fault: Fault, stepMs: number): boolean {
    return this.#faults.some(
      (one) => one.fault === fault && one.fromMs >= stepMs && one.fromMs < stepMs + STEP_MS,
    );
  }
}

interface SimulatedAlerterDeps {
  readonly log: SimulatedLog;
  readonly alertStates: AlertStates;
  readonly roster: ReadonlyMap<string, { entry: RosterEntry }>;
  readonly heard: Map<string, number>;
  readonly stretches: readonly Span[];
  readonly startedMs: number;
  readonly mailer: Mailer;
}

/** One partition, and what judges it: from its start it knows what the log holds of the last window. */
class SimulatedAlerter {
  readonly mailer: Mailer;
  readonly #deps: SimulatedAlerterDeps;
  readonly #judge: FleetJudge;
  readonly #publisher: TransitionPublisher;
  #watched: WatchedPartition;
  #nowMs: number;

  constructor(deps: SimulatedAlerterDeps) {
    const { alertStates, roster, heard, stretches, log } = deps;
    this.#deps = deps;
    this.#nowMs = deps.startedMs;
    this.mailer = deps.mailer;
    this.#publisher = new TransitionPublisher({
      log,
      alertStates,
      clock: { now: () => this.#nowMs },
      logger,
      onPublished: () => undefined,
    });
    this.#watched = this.#readWindow();
    this.#judge = new FleetJudge({
      roster: {
        get: (botId) => roster.get(botId)?.entry,
        enabledOn: () => this.#enabled(),
        partitionOf: () => 0,
      },
      alertStates,
      partitions: { inTurns: () => this.#inTurns(), get: () => this.#watched },
      publisher: this.#publisher,
      presence: {
        absences: (span) => absencesWithin(span, stretches.slice(-20), TOLERANCE_MS),
      },
      firstEvents: {
        heardMs: (botId) => heard.get(botId) ?? null,
        async note(news) {
          for (const [botId, heardMs] of news) heard.set(botId, heardMs);
        },
      },
      forwardingOf: () => null,
      windowMs: WINDOW_MS,
    });
  }

  fold(events: readonly LoggedEvent[]): void {
    this.#watched.count(events, (botId) => this.#termsOf(botId));
  }

  async *#inTurns(): AsyncIterable<WatchedPartition> {
    yield this.#watched;
  }

  async judge(nowMs: number): Promise<void> {
    this.#nowMs = nowMs;
    const isServed = ({ bot }: RosterEntry) =>
      this.#watched.serves(bot.bot_id, this.#termsOf(bot.bot_id), nowMs);
    if (!this.#enabled().every(isServed)) this.#watched = this.#readWindow();
    this.#watched.watermark.told(0n, nowMs);
    await this.#judge.judgeAll(nowMs);
    await this.#judge.endAlertsOfGoneBots(nowMs);
    await this.#publisher.flush(nowMs);
    await this.#judge.noteHeard();
  }

  #enabled(): RosterEntry[] {
    const entries = [...this.#deps.roster.values()].map(({ entry }) => entry);
    return entries.filter(({ bot }) => bot.enabled);
  }

  #termsOf(botId: string): CountingTerms {
    const sinceMs = this.#deps.roster.get(botId)?.entry.watchedSinceMs ?? 0;
    return { slowLimitMs: SLOW_LIMIT_MS, sinceMs };
  }

  #readWindow(): WatchedPartition {
    const sinceMs = this.#nowMs - WINDOW_MS;
    const start = { partition: 0, offset: 0n, sinceMs, assignedMs: this.#nowMs };
    const watched = new WatchedPartition(start, windowShape(WINDOW_MS));
    const events = this.#deps.log.events.filter(({ logTimeMs }) => logTimeMs >= sinceMs);
    watched.count(events, (botId) => this.#termsOf(botId));
    return watched;
  }
}

/** What is appended is handed over at once. */
class SimulatedLog {
  readonly #followers = new Map<string, (message: LogMessage) => void>();
  #offset = 0n;
  events: LoggedEvent[] = [];

  async follow({ topic, onMessage }: { topic: string; onMessage(message: LogMessage): void }) {
    this.#followers.set(topic, onMessage);
    return { caughtUp: Promise.resolve(), close: async () => undefined };
  }

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const { topic, key, value, headers = {} } of messages) {
      this.#offset += 1n;
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      const place = { topic, partition: 0, offset: this.#offset, timestampMs: 0 };
      this.#followers.get(topic)?.({ ...place, key, value: bytes, headers });
    }
  }

  forgetBefore(logTimeMs: number): void {
    if ((this.events[0]?.logTimeMs ?? logTimeMs) > logTimeMs - HOUR_MS) return;
    this.events = this.events.filter((one) => one.logTimeMs >= logTimeMs);
  }
}

/** What is delivered and reported, in the order of the log. */
class Traffic {
  readonly #next: { readonly life: BotLife; atMs: number; held: number }[];
  readonly #random: Random;
  #count = 0;

  constructor(lives: readonly BotLife[], fromMs: number, random: Random) {
    this.#next = lives.map((life) => ({ life, atMs: fromMs + life.nextPauseMs(fromMs), held: 0 }));
    this.#random = random;
  }

  /** Ingest is away: Telegram keeps the deliveries. */
  holdBack(untilMs: number): void {
    for (const next of this.#next) {
      while (next.atMs < untilMs) {
        if (troubleAt(next.life, next.atMs) !== 'silent') next.held += 1;
        next.atMs += next.life.nextPauseMs(next.atMs);
      }
      // The first of them comes again within two minutes.
      if (next.held > 0) next.atMs = untilMs + this.#random() * LONGEST_RETRY_MS;
    }
  }

  until(nowMs: number, isEnabled: (botId: string) => boolean): readonly LoggedEvent[] {
    const due: LoggedEvent[] = [];
    for (const next of this.#next) {
      while (next.atMs < nowMs) {
        const { life, atMs, held } = next;
        next.held = 0;
        for (let update = 0; update < Math.max(Math.min(held, 5), 1); update += 1) {
          if (isEnabled(life.botId)) due.push(...this.#eventsOf(life, atMs));
        }
        next.atMs += life.nextPauseMs(atMs);
      }
    }
    return due.toSorted((a, b) => a.logTimeMs - b.logTimeMs);
  }

  #eventsOf(life: BotLife, atMs: number): LoggedEvent[] {
    const trouble = troubleAt(life, atMs);
    if (trouble === 'silent') return [];
    const received = { event_type: 'received', status: 'success' } as const;
    if (trouble === 'wrong_secret') {
      return [this.#event(life, atMs, 0, { ...received, ...WRONG_SECRET })];
    }
    const isFailed = trouble === 'failing' && this.#random() < 0.8;
    const processing_time_ms = trouble === 'slow' && this.#random() < 0.5 ? 2_000 : 20;
    const work = isFailed ? FAILED : ({ event_type: 'processed' } as const);
    return [
      ...(life.isDelivered ? [this.#event(life, atMs, 0, received)] : []),
      this.#event(life, atMs + 50, life.clockSlowMs, { ...work, processing_time_ms }),
    ];
  }

  #event(
    { botId }: BotLife,
    logTimeMs: number,
    slowMs: number,
    fields: Partial<WebhookEvent>,
  ): LoggedEvent {
    this.#count += 1;
    const event_id = sampleEventId(this.#count);
    const event = sampleEvent({ bot_id: botId, event_id, ...fields });
    return { offset: BigInt(this.#count), logTimeMs, eventTimeMs: logTimeMs - slowMs, event };
  }
}

const WRONG_SECRET = { status: 'failed', error_type: INVALID_SIGNATURE } as const;
const FAILED = { event_type: 'error', status: 'failed', error_type: 'ValueError' } as const;

const FAULTS: readonly Fault[] = [
  'stopped',
  'log_away',
  'alerter_restarts',
  'alerts_off',
  'late_receiver',
];

function faultsOf({ fromMs, toMs }: Span, random: Random): SimulatedFault[] {
  const faults: SimulatedFault[] = [];
  for (let atMs = fromMs + DAY_MS; atMs < toMs - 2 * DAY_MS; atMs += random() * 16 * HOUR_MS) {
    const fault = pick(FAULTS, random);
    const span = { fromMs: atMs, toMs: atMs + MINUTE_MS + random() ** 3 * 6 * HOUR_MS };
    faults.push({ fault, ...span });
    atMs = span.toMs;
  }
  return faults;
}

function entryOf(botId: string, sinceMs: number): RosterEntry {
  return sampleRosterEntry(sinceMs, { botId, name: botId, rules: RULES });
}

/** A window by day holds some fifteen updates. */
const RULES = overrideRules(
  defaultRuleSettings({ ...SAMPLE_ENVIRONMENT, slowProcessingLimitMs: SLOW_LIMIT_MS }),
  { slow_processing: { min_events: 8 } },
);

/** All that is under way is done: nothing in the simulation takes time. */
function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
