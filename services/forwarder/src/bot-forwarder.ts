/**
 * The updates of one bot in one partition: sends what its lane allows, and tells what became of it. All
 * rules are the lane's; here are the connections, the timer and the log.
 */

import type { Bot } from '@hookpulse/common/bots/bot';
import {
  DEFAULT_FORWARD_ORDER,
  DEFAULT_MAX_CONNECTIONS,
  type Forward,
  SEALED_FIELDS,
} from '@hookpulse/common/bots/forwarding';
import { receivedEventId } from '@hookpulse/common/events/event-identity';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { SealedSecretError, type SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { eventMessage } from '@hookpulse/event-log/record-headers';
import type { HostGuard } from '@hookpulse/service-kit/http/host-guard';
import {
  type Span,
  TRACEPARENT_HEADER,
  type Tracer,
} from '@hookpulse/service-kit/telemetry/tracer';
import { BotLane, type LaneSettings, type SharedBytes, type Task } from './domain/bot-lane.ts';
import type { ForwardedUpdate } from './domain/read-update.ts';
import {
  expiredEvent,
  failedAttemptEvent,
  processedEvent,
  type ReportedUpdate,
  responseSentEvent,
} from './domain/reports.ts';
import { readReply } from './domain/webhook-reply.ts';
import type { ForwarderMetrics } from './metrics.ts';
import { deadUpdateMessage } from './progress/dead-update.ts';
import type { OutcomeWriter, ProgressChanges, ProgressSource } from './progress/outcome-writer.ts';
import type { ProgressRecord } from './progress/progress-record.ts';
import { type Answer, BotSender, type Target } from './sending/bot-sender.ts';
import type { CarryOutReply } from './sending/carry-out-reply.ts';
import type { FailureWords } from './sending/describe-failure.ts';
import type { IdleConnections } from './sending/idle-connections.ts';

export interface BotForwarderDeps {
  readonly guard: HostGuard;
  readonly idle: IdleConnections;
  /** Null: there is no key. */
  readonly secretBox: SecretBox | null;
  readonly carryOutReply: CarryOutReply;
  readonly writer: Pick<OutcomeWriter, 'add'>;
  readonly metrics: Pick<ForwarderMetrics, 'attempts' | 'expired' | 'unreadable'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: () => number;
  /** Of a whole request where the bot has no time-out of its own. */
  readonly timeoutMs: number;
  /** Null: nothing is traced. */
  readonly tracer: Tracer | null;
}

/** What the partition has for its bots. */
export interface BotPlace {
  readonly partition: number;
  /** As `ProgressRecord` has it. */
  readonly ownedSince: number;
  /** What all its bots hold together. */
  readonly held: SharedBytes;
  /** Where the live reader is. */
  liveNext(): bigint;
  /** The bot lags, and has room. */
  onRoom(): void;
}

export class BotForwarder implements ProgressSource {
  readonly botId: string;
  readonly lane: BotLane;
  /** Whether the progress on the log surely says from where the bot has to be read. */
  isOpenOnLog: boolean;
  readonly #deps: BotForwarderDeps;
  readonly #place: BotPlace;
  readonly #underWay = new Set<Promise<void>>();
  #sender: BotSender | null = null;
  /** Of places before, with requests that are under way. */
  readonly #retired = new Set<BotSender>();
  /** Of the Bot API; null: not known. */
  #token: string | null = null;
  #targetText = '';
  #timeoutMs: number;
  /** Why nothing can be sent, whatever the bot does; null: it can. */
  #problem: { readonly at: string; readonly error: string } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #isClosed = false;

  constructor(
    bot: Bot,
    forward: Forward,
    record: ProgressRecord | null,
    place: BotPlace,
    deps: BotForwarderDeps,
  ) {
    this.botId = bot.bot_id;
    this.#deps = deps;
    this.#place = place;
    this.#timeoutMs = deps.timeoutMs;
    this.isOpenOnLog = record?.isOpen ?? false;
    const isBehind = record?.isOpen === true && record.next < place.liveNext();
    this.lane = new BotLane(
      laneSettings(forward),
      record ?? { next: 0n, done: [], attempts: new Map() },
      isBehind ? record.next : null,
      isBehind ? record.waiting : 0,
      deps.random,
      place.held,
    );
    this.configure(bot, forward);
  }

  /** Why nothing can be sent, whatever the bot does; null: it can. */
  get problem(): { readonly at: string; readonly error: string } | null {
    return this.#problem;
  }

  get partition(): number {
    return this.#place.partition;
  }

  stateAt(nowMs: number): ReturnType<BotLane['state']> {
    return this.#problem === null ? this.lane.state(nowMs) : 'failing';
  }

  /** As the registry has the bot now. */
  configure(bot: Bot, forward: Forward): void {
    this.lane.configure(laneSettings(forward));
    const { timeout_seconds: seconds } = forward;
    this.#timeoutMs = seconds === undefined ? this.#deps.timeoutMs : seconds * SECOND_MS;
    const targetText = JSON.stringify([
      forward.url,
      forward.sealed_url,
      forward.credentials,
      forward.secret,
      bot.bot_token,
    ]);
    if (targetText === this.#targetText) return;
    this.#targetText = targetText;
    const before = this.#sender;
    this.#sender = this.#senderOf(bot, forward);
    if (before) void this.#retire(before);
  }

  /** Sends what may be sent now, and wakes itself when more may be. */
  pump(): void {
    clearTimeout(this.#timer);
    if (this.#isStopped || !this.#sender) return;
    const nowMs = this.#deps.clock.now();
    for (const task of this.lane.next(nowMs)) {
      if (task.kind === 'expire') this.#giveUp(task.update, task.attempt, task.lastFailure);
      else this.#run(this.#send(this.#sender, task));
    }
    const wakeAtMs = this.lane.wakeAtMs(nowMs);
    if (wakeAtMs === null) return;
    this.#timer = setTimeout(() => this.pump(), Math.max(1, wakeAtMs - nowMs));
  }

  /** Puts its progress on the log, so that the offset of the group can go on without it. */
  storeProgress(): void {
    this.#deps.writer.add({ messages: [], source: this, settles: null });
  }

  progressWith({ settled, failed }: ProgressChanges): ProgressRecord {
    const { lane } = this;
    const isOpen = lane.heldCount > settled.size || lane.readNext !== null;
    // From here on the log may say so, and what comes meanwhile must not fall behind the group's offset.
    if (!isOpen) this.isOpenOnLog = false;
    return {
      ...lane.progress(settled, failed, this.#place.liveNext()),
      botId: this.botId,
      partition: this.#place.partition,
      ownedSince: this.#place.ownedSince,
      isOpen,
      waiting: lane.missedCount,
    };
  }

  onStored({ settled, failed }: ProgressChanges, { isOpen }: ProgressRecord): void {
    this.isOpenOnLog = isOpen;
    this.lane.stored(failed);
    for (const offset of settled) this.lane.settled(offset);
    this.pump();
    if (this.lane.readNext !== null && this.lane.hasRoom) this.#place.onRoom();
  }

  /** Sends nothing new. @returns when what is under way has ended */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#underWay);
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    this.#isStopped = true;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await Promise.all([this.#sender, ...this.#retired].map((sender) => sender?.close()));
  }

  /** The bot may be handling what is under way: given up, it would come again. */
  async #retire(sender: BotSender): Promise<void> {
    this.#retired.add(sender);
    await sender.retire();
    this.#retired.delete(sender);
  }

  async #send(sender: BotSender, { update, attempt }: Task): Promise<void> {
    const span = this.#startSpan(update, attempt);
    const answer = await sender.send({
      botId: this.botId,
      body: update.body,
      receivedAt: iso(update.logTimeMs),
      attempt,
      replayId: update.replayId,
      traceparent: span?.traceparent ?? update.traceparent,
      eventId: receivedEventId(this.botId, update.updateId ?? 0),
      timeoutMs: this.#timeoutMs,
    });
    if (span && !answer.isOk) span.fail(answer.errorType);
    span?.end();
    // Given up here, and not by the bot: the next owner sends it again, and tells of that.
    if (!answer.isOk && this.#isClosed) return;
    const nowMs = this.#deps.clock.now();
    const reported = { ...update, partition: this.#place.partition };
    const { metrics } = this.#deps;
    if (answer.isOk) {
      metrics.attempts.inc('delivered');
      this.lane.delivered(update.offset, nowMs);
      const processed = processedEvent(reported, answer.durationMs, nowMs);
      const replied = await this.#replied(reported, answer);
      this.#settle(
        update,
        [processed, ...replied].map((event) => tracedEvent(event, span)),
      );
    } else {
      metrics.attempts.inc('failed');
      const { message, retryAfterMs } = answer;
      const isRetried = this.lane.failed(update.offset, message, retryAfterMs, nowMs);
      const messages = [tracedEvent(failedAttemptEvent(reported, attempt, answer, nowMs), span)];
      const fails = { offset: update.offset, attempt };
      this.#deps.writer.add({ messages, source: this, settles: null, fails });
      if (!isRetried) this.#giveUp(update, attempt, message);
    }
    this.pump();
  }

  /** A delivery that is not traced has no trace to go on with. */
  #startSpan({ updateId, traceparent }: ForwardedUpdate, attempt: number): Span | null {
    const { tracer } = this.#deps;
    if (!tracer || traceparent === null) return null;
    return tracer.start({
      name: 'hand over update',
      kind: 'client',
      parent: traceparent,
      attributes: {
        'hookpulse.bot_id': this.botId,
        'hookpulse.update_id': updateId ?? -1,
        'hookpulse.attempt': attempt,
      },
    });
  }

  /** Carries out what the answer asks for, once: the bot does not learn what came of it. */
  async #replied(
    update: ReportedUpdate,
    answer: Extract<Answer, { isOk: true }>,
  ): Promise<WebhookEvent[]> {
    const read = await readReply(answer);
    if (read.kind === 'none') return [];
    const told = (failure: FailureWords | null, durationMs: number | null) => [
      responseSentEvent(update, failure, durationMs, this.#deps.clock.now()),
    ];
    if (read.kind === 'refused') return told(notCarriedOut(`the reply ${read.reason}`), null);
    if (this.#token === null) {
      const reason = `the reply names ${read.reply.method}, and the token of the bot is not known`;
      return told(notCarriedOut(reason), null);
    }
    const startedMs = performance.now();
    const failure = await this.#deps.carryOutReply(this.#token, read.reply);
    return told(failure, performance.now() - startedMs);
  }

  #giveUp(update: ForwardedUpdate, attempts: number, lastFailure: string | null): void {
    const { partition } = this.#place;
    const nowMs = this.#deps.clock.now();
    this.#deps.metrics.expired.inc();
    this.#settle(update, [
      deadUpdateMessage({ update, partition, attempts, lastFailure, reason: 'Expired', nowMs }),
      eventMessage(expiredEvent({ ...update, partition }, attempts, lastFailure, nowMs)),
    ]);
  }

  #settle({ offset }: ForwardedUpdate, messages: readonly OutgoingMessage[]): void {
    this.#deps.writer.add({ messages, source: this, settles: offset });
  }

  #run(work: Promise<void>): void {
    const tracked = work.finally(() => this.#underWay.delete(tracked));
    this.#underWay.add(tracked);
  }

  #senderOf(bot: Bot, forward: Forward): BotSender | null {
    try {
      this.#problem = null;
      this.#token = this.#opened(bot.bot_id, bot.bot_token, SEALED_FIELDS.botToken);
      const { guard, idle } = this.#deps;
      return new BotSender(this.#targetOf(bot, forward), guard, idle);
    } catch (error) {
      // Other bots of the partition must not wait for one that has been stored wrongly.
      const reason = error instanceof SealedSecretError ? error.message : 'its URL is not valid';
      this.#problem = { at: iso(this.#deps.clock.now()), error: reason };
      this.#deps.logger.error(
        { bot_id: this.botId, reason },
        'updates of a bot cannot be forwarded: its settings cannot be read',
      );
      return null;
    }
  }

  /** @throws SealedSecretError */
  #targetOf({ bot_id: botId }: Bot, forward: Forward): Target {
    return {
      url: this.#opened(botId, forward.sealed_url, SEALED_FIELDS.forwardUrl) ?? forward.url,
      credentials: this.#opened(botId, forward.credentials, SEALED_FIELDS.forwardCredentials),
      secret: this.#opened(botId, forward.secret, SEALED_FIELDS.forwardSecret),
    };
  }

  /** @throws SealedSecretError */
  #opened(botId: string, sealed: string | undefined, field: string): string | null {
    if (sealed === undefined) return null;
    const { secretBox } = this.#deps;
    if (!secretBox) throw new SealedSecretError('SECRETS_KEY is not set');
    return secretBox.open(sealed, botId, field);
  }
}

function laneSettings(forward: Forward): LaneSettings {
  return {
    maxConnections: forward.max_connections ?? DEFAULT_MAX_CONNECTIONS,
    order: forward.order ?? DEFAULT_FORWARD_ORDER,
    isPaused: forward.paused ?? false,
  };
}

function notCarriedOut(message: string): FailureWords {
  return { errorType: 'ReplyNotCarriedOut', message };
}

function tracedEvent(event: WebhookEvent, span: Span | null): OutgoingMessage {
  const message = eventMessage(event);
  if (!span) return message;
  return { ...message, headers: { ...message.headers, [TRACEPARENT_HEADER]: span.traceparent } };
}
