/** Sends what is due: looks at the alert table a few times a second, and sees every mail through. */

import type { Channel } from '@hookpulse/channels/notification';
import { alertKey } from '@hookpulse/common/alerts/alert';
import { receiptKey, toldOf } from '@hookpulse/common/alerts/mail-receipt';
import { receiverKind } from '@hookpulse/common/alerts/receiver';
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import {
  type DueAction,
  type DueNow,
  dueNow,
  type ReceiversOf,
  threadKey,
  threadOf,
} from '../domain/due-now.ts';
import { type MailItem, MailPlanner, type PlannedMail } from '../domain/mail-plan.ts';
import { unsentReceipts } from '../domain/mail-receipts.ts';
import type { MailOptions } from '../domain/mail-text/mail-content.ts';
import type { AlerterMetrics } from '../metrics.ts';
import { startTicking } from '../ticking.ts';
import { deliver, type Pause } from './delivery.ts';
import { KeyedQueue } from './keyed-queue.ts';
import { Receipts } from './receipts.ts';

export interface MailerDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly alertStates: Pick<AlertStates, 'list'>;
  readonly controls: Pick<AlertControls, 'silences'>;
  readonly channel: Channel;
  readonly settings: MailerSettings;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
  readonly logger: Logger;
  readonly metrics: Pick<AlerterMetrics, 'notifications' | 'dueMails'>;
  readonly receiversOf: ReceiversOf;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** Waits before the next attempt at a notification. Default: as long as it is told. */
  readonly pause?: Pause;
  /** Whether this alerter is the one that sends mails. */
  isMailer(): boolean;
}

export interface MailerSettings {
  /** WEBHOOK_ALERTS_ENABLED. */
  readonly isEnabled: boolean;
  readonly text: MailOptions;
  /** Right-hand side of Message-IDs. */
  readonly idHost: string;
}

export interface RunningMailer {
  /** Ends attempts under way; whoever sends mails next tries them again. */
  close(): Promise<void>;
}

/**
 * How long a mail is left to the alerter that was sending it: after a rebalance that one may only wait
 * for the server's answer, and the mail would come twice.
 */
const RESUME_GRACE_MS = 3_000;
/** How long stopping waits for the server's answer to a mail that is being sent. */
const ATTEMPT_PATIENCE_MS = 3_000;

/** @param lookIntervalMs - from the end of a look to the next */
export function startMailer(deps: MailerDeps, lookIntervalMs: number): RunningMailer {
  const mailer = new Mailer(deps);
  const ticking = startTicking(
    lookIntervalMs,
    () => mailer.look(),
    (error) => deps.logger.warn({ err: error }, 'mails could not be processed; retrying'),
  );
  return {
    async close() {
      await ticking.close();
      await mailer.close();
    },
  };
}

/** One look after another; `startMailer` takes them a few times a second. */
export class Mailer {
  readonly #deps: MailerDeps;
  readonly #receipts: Receipts;
  #planner: MailPlanner;
  /** By key and sequence: when it was first seen, milliseconds since the epoch. */
  #noticed = new Map<string, number>();
  /** Deliveries under way, by the keys that they concern. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #queue = new KeyedQueue();
  readonly #closing = new AbortController();

  constructor(deps: MailerDeps) {
    this.#deps = deps;
    this.#receipts = new Receipts(deps.log);
    this.#planner = new MailPlanner(deps.settings.idHost);
  }

  async look(): Promise<void> {
    const { metrics, clock } = this.#deps;
    if (!this.#deps.isMailer()) {
      this.#forget();
      metrics.dueMails.set(0);
      return;
    }
    const nowMs = clock.now();
    const { actions, threads } = this.#dueNow(nowMs);
    metrics.dueMails.set(actions.reduce((sum, one) => sum + Math.max(one.due.length, 1), 0));
    const idle = actions.filter(({ key }) => !this.#underWay.has(key));
    await this.#settle(idle, nowMs);
    this.#notice(idle, nowMs);
    const left = idle.filter((one) => nowMs - this.#noticedMs(one) >= RESUME_GRACE_MS);
    for (const mail of resumed(left)) this.#deliver(mail, true, threads);
    for (const mail of this.#planned(idle, threads, nowMs)) this.#deliver(mail, false, threads);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const ended = Promise.all(this.#underWay.values());
    // A mail cut off now may have been taken, and would be sent again.
    await settleWithin(ATTEMPT_PATIENCE_MS, () => ended);
    await this.#deps.channel.close();
    await ended;
  }

  #dueNow(nowMs: number): DueNow {
    const { alertStates, controls, settings, channel, receiversOf } = this.#deps;
    const states = Array.from(alertStates.list(), (state) => this.#receipts.with(state));
    const circumstances = {
      isEnabled: settings.isEnabled,
      needsReceivers: channel.name !== 'outbox',
      silences: controls.silences(),
      receiversOf,
    };
    return dueNow(states, circumstances, nowMs);
  }

  async #settle(actions: readonly DueAction[], nowMs: number): Promise<void> {
    const receipts = unsentReceipts(actions, nowMs);
    await this.#receipts.publish(receipts);
    for (const { bot_id, channel, state } of receipts) {
      // That nobody is to be mailed is no fault where the alerts go another way.
      if (state === 'no_receivers' && this.#deps.receiversOf(bot_id, null).length > 0) continue;
      this.#deps.metrics.notifications.inc(receiverKind(channel), state);
    }
  }

  /** Remembers since when each mail has been waiting, and forgets those that do not wait any more. */
  #notice(actions: readonly DueAction[], nowMs: number): void {
    this.#noticed = new Map(
      actions.map((one) => {
        const noticedMs = this.#noticed.get(noticedKey(one)) ?? nowMs;
        return [noticedKey(one), Math.min(noticedMs, nowMs)]; // clocks may go back
      }),
    );
  }

  #noticedMs(action: DueAction): number {
    return this.#noticed.get(noticedKey(action)) ?? Number.POSITIVE_INFINITY;
  }

  #planned(
    actions: readonly DueAction[],
    threads: DueNow['threads'],
    nowMs: number,
  ): readonly PlannedMail[] {
    const due = actions.flatMap((one): MailItem[] => {
      const { action, transition, channel, receipt } = one;
      if (action.kind !== 'send') return [];
      const { mail, receivers, telling } = action;
      const noticedMs = this.#noticedMs(one);
      const threadId = threadOf(receipt, mail.alert_id);
      const isOfStorm =
        threadId !== null && (threads.get(threadKey(channel, threadId))?.alerts ?? 0) > 1;
      const { bot_id, bot_name, rule } = transition;
      const before = toldOf(receipt, mail.alert_id);
      const about = { bot_id, bot_name, rule, mail, receivers, telling, before };
      return [{ ...about, ...laneOf(channel), noticedMs, threadId, isOfStorm }];
    });
    return this.#planner.plan(due, nowMs, (item) => firingIn(threads, item));
  }

  #deliver(planned: PlannedMail, isMarked: boolean, threads: DueNow['threads']): void {
    const { channel, settings, clock, steadyClock, logger, metrics, pause } = this.#deps;
    const keys = planned.items.map(receiptKey);
    const delivery = deliver(
      { ...planned, isOver: (item) => firingIn(threads, item) === 0 },
      isMarked,
      {
        channel,
        receipts: this.#receipts,
        queue: this.#queue,
        text: settings.text,
        clock,
        steadyClock,
        logger,
        metrics,
        tracer: this.#deps.tracer ?? null,
        traceparent: this.#traceparentOf(planned.items),
        ...(pause && { pause }),
        isMailer: () => this.#deps.isMailer(),
      },
      this.#closing.signal,
    )
      .catch((error: unknown) => logger.error({ err: error }, 'a mail could not be delivered'))
      .finally(() => {
        for (const key of keys) this.#underWay.delete(key);
      });
    for (const key of keys) this.#underWay.set(key, delivery);
  }

  /** Of the first alert that is traced: a mail about several is in one trace. */
  #traceparentOf(items: readonly MailItem[]): string | null {
    const { tracer, alertStates } = this.#deps;
    if (!tracer) return null;
    const keys = new Set(items.map(alertKey));
    for (const { transition } of alertStates.list()) {
      const { traceparent } = transition;
      if (traceparent !== undefined && keys.has(alertKey(transition))) return traceparent;
    }
    return null;
  }

  /** Somebody else sends the mails: what was remembered of them is out of date when they come back. */
  #forget(): void {
    this.#receipts.forget();
    this.#noticed.clear();
    this.#planner = new MailPlanner(this.#deps.settings.idHost);
  }
}

function noticedKey({ key, action }: DueAction): string {
  const isMail = action.kind === 'send' || action.kind === 'resume';
  const telling = action.kind === 'send' ? action.telling : 0;
  return `${key}|${isMail ? action.mail.sequence : 0}|${telling}`;
}

function laneOf(channel: string | null): Pick<MailItem, 'channel'> {
  return channel === null ? {} : { channel };
}

/** How many alerts of the item's thread fire; 0: it has none yet. */
function firingIn(threads: DueNow['threads'], { channel, threadId }: MailItem): number {
  if (threadId === null) return 0;
  return threads.get(threadKey(channel, threadId))?.firing ?? 0;
}

/** Mails that the log says were being sent, each with the alerts that it told of. */
function resumed(actions: readonly DueAction[]): PlannedMail[] {
  const mails = new Map<string, PlannedMail & { items: MailItem[]; taken: Set<string> }>();
  for (const { action, transition, channel } of actions) {
    if (action.kind !== 'resume' || action.receipt.message_id === null) continue;
    const { message_id: messageId, thread_id: threadId, receivers, attempts } = action.receipt;
    const { telling = 0, taken = [] } = action.receipt;
    const name = `${channel ?? ''}\n${messageId}`;
    const mail = mails.get(name) ?? {
      ...{ messageId, threadId, receivers, items: [], taken: new Set<string>() },
      attempts: attempts ?? 0,
    };
    mails.set(name, mail);
    // Of a mail about many alerts the log may have taken a part of the receipts only.
    for (const one of taken) mail.taken.add(one);
    const { bot_id, bot_name, rule } = transition;
    const before = toldOf(action.receipt, action.mail.alert_id);
    const item = {
      bot_id,
      bot_name,
      rule,
      mail: action.mail,
      receivers,
      threadId,
      telling,
      before,
    };
    mail.items.push({ ...item, ...laneOf(channel), noticedMs: 0, isOfStorm: false });
  }
  return [...mails.values()];
}
