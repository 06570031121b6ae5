/** What the log tells of alerts, read beside the product: every message, and the state it adds up to. */

import type { AlertTransition, TransitionName } from '@hookpulse/common/alerts/alert';
import { isSettled } from '@hookpulse/common/alerts/mail-receipt';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { ALERTS_TOPIC } from '@hookpulse/event-log/topics';
import { readAlertMessage } from '@hookpulse/topic-tables/alerts/alert-messages';
import { type AlertStates, openAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';

export interface AlertRecord {
  /** Every message on `webhook.alerts`, in the order of each bot and rule; some may be there twice. */
  readonly messages: readonly AlertTransition[];
  /** Messages that nobody can read. */
  readonly unreadable: number;
  /** Whether a bot has come to a transition. */
  has(botId: string, transition: TransitionName): boolean;
  /** Keys whose newest transition is not mailed. */
  unmailed(): string[];
  /** Keys that fire. */
  firing(): string[];
  close(): Promise<void>;
}

export async function openAlertRecord(log: EventLog): Promise<AlertRecord> {
  const messages: AlertTransition[] = [];
  const seen = new Set<string>();
  let unreadable = 0;
  const follower = await log.follow({
    topic: ALERTS_TOPIC,
    onMessage(message) {
      const place = `${message.partition}/${message.offset}`;
      if (seen.has(place)) return;
      seen.add(place);
      const read = readAlertMessage(message);
      if (read.kind === 'transition') messages.push(read.transition);
      else unreadable += 1;
    },
  });
  const alertStates = await openAlertStates({ log, logger: silentLogger });
  return {
    messages,
    get unreadable() {
      return unreadable;
    },
    has: (botId, name) =>
      messages.some(({ bot_id, transition }) => bot_id === botId && transition === name),
    unmailed: () =>
      keysOf(alertStates, ({ transition, receipt }) => {
        return (
          receipt?.sequence !== transition.sequence ||
          !isSettled(receipt) ||
          receipt.state !== 'accepted'
        );
      }),
    firing: () => keysOf(alertStates, ({ transition }) => transition.transition !== 'resolved'),
    async close() {
      await follower.close();
      await alertStates.close();
    },
  };
}

type State = NonNullable<ReturnType<AlertStates['get']>>;

function keysOf(alertStates: AlertStates, isMeant: (state: State) => boolean): string[] {
  return [...alertStates.list()]
    .filter(isMeant)
    .map(({ transition: { bot_id, rule } }) => `${bot_id}|${rule}`);
}
