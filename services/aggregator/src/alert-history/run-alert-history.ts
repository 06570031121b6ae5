/**
 * Copies what happens to alerts from the log into the store, for people to look back at. Nothing is
 * judged, mailed or counted by it, so it starts in the background and its failures stop nobody: while
 * the store is away it waits, and what it has not stored stays on the log.
 */
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retryUnlessAborted } from '@hookpulse/common/runtime/retry';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import type { Consumer, EventLog, LogBatch } from '@hookpulse/event-log/event-log';
import { ALERT_HISTORY_GROUP, ALERT_MAILS_TOPIC, ALERTS_TOPIC } from '@hookpulse/event-log/topics';
import type { AggregatorMetrics } from '../metrics.ts';
import type { AlertHistoryStore } from './alert-history-store.ts';
import { alertRowsOf } from './alert-rows.ts';

export interface AlertHistoryDeps {
  readonly log: Pick<EventLog, 'consume'>;
  readonly store: AlertHistoryStore;
  readonly logger: Logger;
  readonly metrics: Pick<AggregatorMetrics, 'alertHistoryUnreadable'>;
}

export interface RunningAlertHistory {
  /** Messages of the partitions held that it was not handed yet; null: it has not joined its group. */
  lag(): Promise<number | null>;
  /** Never rejects, and waits for no engine that is away: what is not stored comes again. */
  close(): Promise<void>;
}

const REJOIN_PAUSE_MS = 2_000;
/** A part of the ten seconds that a process has to stop in. */
const CLOSING_PATIENCE_MS = 2_000;

export function runAlertHistory(deps: AlertHistoryDeps): RunningAlertHistory {
  const { log, store, logger, metrics } = deps;
  const stopping = new AbortController();
  /** Ends the wait for a store or a log that does not answer, so that the log can be closed. */
  const givingUp = new AbortController();
  const { signal } = stopping;
  let consumer: Consumer | null = null;
  /** Resolves with null when it was stopped before. */
  const joined = join();
  return {
    async lag() {
      if (!consumer) return null;
      const lags = await consumer.lag();
      return lags.reduce((sum, { messages }) => sum + Number(messages), 0);
    },
    async close() {
      stopping.abort();
      const closed = await settleWithin(CLOSING_PATIENCE_MS, async () => (await joined)?.close());
      givingUp.abort(new Error('the aggregator is stopping'));
      if (closed.kind === 'failed') {
        logger.warn({ err: closed.error }, 'the history of alerts could not be closed cleanly');
      }
    },
  };

  async function join(): Promise<Consumer | null> {
    const wait = createWaitLog(logger, 'the alert history cannot read the log; retrying');
    consumer = await retryUnlessAborted(
      () =>
        log.consume({
          groupId: ALERT_HISTORY_GROUP,
          topics: [ALERTS_TOPIC, ALERT_MAILS_TOPIC],
          handler: { onAssigned: async () => [], onRevoked: async () => {}, onBatch },
        }),
      { signal, pauseMs: REJOIN_PAUSE_MS, onFailure: (error) => wait.failed(error) },
    );
    return consumer;
  }

  /** What the store or the log does not take is delivered again after a pause. */
  async function onBatch(batch: LogBatch): Promise<void> {
    givingUp.signal.throwIfAborted();
    await untilAborted(storeBatch(batch), givingUp.signal);
  }

  async function storeBatch({ topic, partition, messages, nextOffset }: LogBatch): Promise<void> {
    const { transitions, receipts, unreadable } = alertRowsOf(messages);
    if (transitions.length + receipts.length > 0) await store.save({ transitions, receipts });
    for (const { message, reason } of unreadable) {
      metrics.alertHistoryUnreadable.inc();
      const place = { topic, partition, offset: String(message.offset), key: message.key };
      logger.warn({ ...place, reason }, 'alert message omitted from the history');
    }
    await (await joined)?.commit([{ topic, partition, offset: nextOffset }]);
  }
}
