/**
 * One mail from its plan to its receipts: noted on the log as being sent, tried until the server takes
 * it or refuses it for good, and noted again. Each step is done again until it is done; a restarted
 * alerter goes on at the step that the log shows.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { MailState } from '@hookpulse/common/alerts/mail-receipt';
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import { type Span, type Tracer, traceFields } from '@hookpulse/service-kit/telemetry/tracer';
import type { PlannedMail } from '../domain/mail-plan.ts';
import { receiptsOf } from '../domain/mail-receipts.ts';
import { composeMail } from '../domain/mail-text/compose-mail.ts';
import type { MailOptions } from '../domain/mail-text/mail-content.ts';
import type { AlerterMetrics } from '../metrics.ts';
import type { Mail, MailTransport } from '../notify/mail.ts';
import type { KeyedQueue } from './keyed-queue.ts';
import type { Receipts } from './receipts.ts';

export interface MailDeliveryDeps {
  readonly transport: MailTransport;
  readonly receipts: Pick<Receipts, 'publish'>;
  /**
   * To the same receivers one mail is tried at a time, until its outcome is on the log: so a process
   * that dies leaves one mail at most of which nobody knows whether it was taken.
   */
  readonly queue: KeyedQueue;
  readonly text: MailOptions;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
  readonly logger: Logger;
  readonly metrics: Pick<AlerterMetrics, 'mails'>;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** What the mail goes on from; default: no trace. */
  readonly traceparent?: string | null;
  /** Whether mails are still this alerter's to send. */
  isMailer(): boolean;
}

/** Soon: greylisting and restarts of servers take seconds to minutes. */
const FIRST_PAUSE_MS = 1_000;
/** So that mails go on within half a minute of the server's return, however long it was away. */
const LONGEST_PAUSE_MS = 30_000;
/** The log answers within seconds as a rule. */
const LOG_PAUSE_MS = 500;
/**
 * How long the mail is tried for the remaining receivers once others have it: longer than greylisting
 * takes. Otherwise one full mailbox, or a domain that does not exist, would hold back the next mails of
 * the alert from everybody.
 */
const STRAGGLER_PATIENCE_MS = 30 * 60_000;

/**
 * Resolves when the mail is settled, or when it is not this alerter's any more.
 * @param isMarked - whether the log says already that it is being sent
 * @param signal - gives up; the mail is tried again by whoever sends mails next
 */
export async function deliverMail(
  planned: PlannedMail,
  isMarked: boolean,
  deps: MailDeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  const { logger, metrics, transport } = deps;
  const mail = toMail(planned, deps.text);
  const goesOn = () => !signal.aborted && deps.isMailer();
  let leftTo = mail.to;
  let attempts = planned.attempts ?? 0;
  /** Receivers that have it. */
  const taken = new Set<string>();
  /** What was said about receivers that are done with. */
  const earlier: string[] = [];
  /** When the first of them got it, or who was told before, by the steady clock; null: nobody has it yet. */
  let takenMs: number | null = isToLatecomers(planned) ? deps.steadyClock.now() : null;
  const inAll = (detail: string | null) =>
    [...earlier, ...(detail === null ? [] : [detail])].join('; ') || null;
  const receivers = mail.to.join('\n');
  if (!isMarked && !(goesOn() && (await note('sending', null)))) return;
  for (let pauseMs = FIRST_PAUSE_MS; goesOn(); pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const isSettled = await deps.queue.run(receivers, () => attempt(pauseMs));
    if (isSettled) return;
    await pause(pauseMs);
  }

  /** @returns whether nothing more is to be tried. */
  async function attempt(pauseMs: number): Promise<boolean> {
    if (!goesOn()) return true;
    const span = startSpan(deps, attempts + 1);
    const outcome = await transport.send({ ...mail, to: leftTo });
    if (outcome.kind !== 'accepted') span?.fail(outcome.kind);
    span?.end();
    attempts += 1;
    if (outcome.kind !== 'refused') for (const receiver of outcome.taken) taken.add(receiver);
    const about = {
      messageId: mail.messageId,
      ...traceFields(span),
      alerts: planned.items.length,
      detail: outcome.detail,
    };
    switch (outcome.kind) {
      case 'accepted':
        logger.info({ ...about, subject: mail.subject }, 'mail accepted');
        return settle('accepted', outcome.detail);
      case 'refused':
        logger.error({ ...about, to: leftTo, subject: mail.subject }, 'mail permanently refused');
        return settle(takenMs === null ? 'refused' : 'accepted', outcome.detail);
      case 'later':
        if (takenMs !== null && deps.steadyClock.now() - takenMs >= STRAGGLER_PATIENCE_MS) {
          logger.error({ ...about, to: outcome.leftTo }, 'mail abandoned for some receivers');
          return settle('accepted', `given up: ${outcome.detail}`);
        }
        logger.warn({ ...about, pauseMs }, 'mail not accepted; trying again');
        metrics.mails.inc('retried');
        await noteFailure(inAll(outcome.detail), pauseMs);
        if (outcome.leftTo.length < leftTo.length) earlier.push(outcome.detail);
        if (outcome.taken.length > 0) takenMs ??= deps.steadyClock.now();
        leftTo = outcome.leftTo;
        return false;
      default:
        return outcome satisfies never;
    }
  }

  async function settle(state: 'accepted' | 'refused', detail: string | null): Promise<true> {
    metrics.mails.inc(state);
    await note(state, inAll(detail));
    return true;
  }

  /** People look why a mail does not come. The next attempt does not wait for a log that is away. */
  async function noteFailure(detail: string | null, pauseMs: number): Promise<void> {
    const nowMs = deps.clock.now();
    const next_attempt_at = iso(nowMs + pauseMs);
    const receipts = receiptsOf(planned, 'sending', detail, taken, nowMs);
    const noted = receipts.map((receipt) => ({ ...receipt, attempts, next_attempt_at }));
    await deps.receipts.publish(noted).catch((error: unknown) => {
      logger.warn({ err: error }, 'the failure of a mail could not be recorded');
    });
  }

  /** @returns whether it is on the log, and work goes on. */
  async function note(state: MailState, detail: string | null): Promise<boolean> {
    const receipts = receiptsOf(planned, state, detail, taken, deps.clock.now());
    // Recorded for the alerter that sends mails next: without the answer of the server it would
    // send the mail again.
    const isWanted = () => (state === 'sending' ? goesOn() : !signal.aborted);
    do {
      try {
        await deps.receipts.publish(receipts);
        return goesOn();
      } catch (error) {
        logger.warn({ err: error, state }, 'the receipt of a mail could not be recorded; retrying');
        await pause(LOG_PAUSE_MS);
      }
    } while (isWanted());
    return false;
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }
}

function startSpan({ tracer, traceparent }: MailDeliveryDeps, attempt: number): Span | null {
  if (!tracer || !traceparent) return null;
  return tracer.start({
    name: 'send notification',
    kind: 'client',
    parent: traceparent,
    attributes: { 'hookpulse.channel': 'mail', 'hookpulse.attempt': attempt },
  });
}

function toMail(planned: PlannedMail, text: MailOptions): Mail {
  const { messageId, threadId, receivers, items } = planned;
  const transition = items[0]?.mail.transition ?? 'firing';
  const composed = composeMail(
    {
      transition,
      items: items.map(({ bot_id, bot_name, rule, mail }) => ({ bot_id, bot_name, rule, ...mail })),
    },
    text,
  );
  const dateMs = Math.max(...items.map(({ mail }) => Date.parse(mail.at)));
  const inReplyTo = threadId === messageId ? null : threadId;
  return { ...composed, messageId, inReplyTo, to: receivers, dateMs };
}

/** Others have been told what it tells. */
function isToLatecomers({ items }: PlannedMail): boolean {
  return items.some(({ telling }) => telling > 0);
}
