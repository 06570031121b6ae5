/**
 * The state of every alert, on the compacted topics `webhook.alerts` and `webhook.alert-mails`. Every
 * alerter and every query API holds all of it, whichever of them judges.
 */
import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import { type AlertState, evolve } from '@hookpulse/common/alerts/decider';
import {
  isOlderReceipt,
  type MailReceipt,
  receiptKey,
} from '@hookpulse/common/alerts/mail-receipt';
import { ALERT_MAILS_TOPIC, ALERTS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTopicTable,
  type RowChange,
  type TopicTable,
  type TopicTableDefinition,
  type TopicTableDeps,
  topicTable,
  type Unreadable,
} from '../topic-table.ts';
import { type ReadAlertMessage, readAlertMessage } from './alert-messages.ts';

export interface AlertStates
  extends Pick<TopicTable<unknown>, 'opened' | 'isRead' | 'assertRead' | 'close'> {
  /** @param key - of `alertKey` @throws TableNotReadError */
  get(key: string): AlertState | undefined;
  /** Of a bot, by rule: of most bots none. @throws TableNotReadError */
  ofBot(botId: string): ReadonlyMap<string, AlertState>;
  /** Each as it is when it is come to. @throws TableNotReadError */
  list(): Iterable<AlertState>;
  /** Next offset to be read of a partition of one of the two topics. */
  reached(topic: string, partition: number): bigint;
  /** Calls the listener with every transition that is new here. @returns how to stop that */
  onTransition(listener: (transition: AlertTransition) => void): () => void;
}

const NONE: ReadonlyMap<string, AlertState> = new Map();

/** The alert that is mailed about, and one that another alerter, or a bot of the same name, had before. */
const ALERTS_WITH_RECEIPT = 2;

const TRANSITIONS: TopicTableDefinition<AlertState, AlertTransition | null> = {
  topic: ALERTS_TOPIC,
  what: 'alerts',
  parse(message) {
    const read = readAlertMessage(message);
    if (read.kind !== 'transition') return withoutValue(read);
    return { key: alertKey(read.transition), change: read.transition };
  },
  evolve: (state, transition) => (transition === null ? undefined : evolve(state, transition)),
};

/**
 * Of the last alerts of a bot and rule, the newest of each. The topics are read side by side, so a
 * receipt may come before its transition.
 */
const RECEIPTS: TopicTableDefinition<readonly MailReceipt[], MailReceipt | null> = {
  topic: ALERT_MAILS_TOPIC,
  what: 'receipts of notifications',
  parse(message) {
    const read = readAlertMessage(message);
    if (read.kind !== 'receipt') return withoutValue(read);
    return { key: receiptKey(read.receipt), change: read.receipt };
  },
  evolve: evolveReceipts,
};

/** Tries again until the log answers. */
export function followAlertStates(deps: TopicTableDeps): AlertStates {
  return alertStatesOf(topicTable(TRANSITIONS, deps), topicTable(RECEIPTS, deps));
}

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when a topic was not created before.
 */
export async function openAlertStates(deps: TopicTableDeps): Promise<AlertStates> {
  const transitions = await openTopicTable(TRANSITIONS, deps);
  try {
    return alertStatesOf(transitions, await openTopicTable(RECEIPTS, deps));
  } catch (error) {
    await transitions.close();
    throw error;
  }
}

function alertStatesOf(
  transitions: TopicTable<AlertState>,
  receipts: TopicTable<readonly MailReceipt[]>,
): AlertStates {
  const tables = [transitions, receipts];
  const channels = channelKeys(receipts);
  const rulesOfBots = rulesByBot(transitions);
  const withReceipts = (key: string, state: AlertState) =>
    [key, ...(channels.get(key) ?? [])]
      .flatMap((one) => receipts.get(one) ?? [])
      .reduce<AlertState>(evolve, state);
  const statesByRule = (botId: string, rules: ReadonlySet<string>) => {
    const states = new Map<string, AlertState>();
    for (const rule of rules) {
      const key = alertKey({ bot_id: botId, rule });
      const state = transitions.get(key);
      if (state) states.set(rule, withReceipts(key, state));
    }
    return states;
  };
  return {
    opened: Promise.all(tables.map(({ opened }) => opened)).then((all) => !all.includes(false)),
    get isRead() {
      return tables.every(({ isRead }) => isRead);
    },
    assertRead() {
      for (const table of tables) table.assertRead();
    },
    get(key) {
      const state = transitions.get(key);
      return state && withReceipts(key, state);
    },
    ofBot(botId) {
      transitions.assertRead();
      const rules = rulesOfBots.get(botId);
      return rules ? statesByRule(botId, rules) : NONE;
    },
    *list() {
      for (const state of transitions.rows()) yield withReceipts(alertKey(state.transition), state);
    },
    reached: (topic, partition) =>
      (topic === ALERTS_TOPIC ? transitions : receipts).reached(partition),
    onTransition: (listener) =>
      transitions.onChange(({ row }) => {
        if (row) listener(row.transition);
      }),
    async close() {
      await Promise.all(tables.map((table) => table.close()));
    },
  };
}

/** Kept up to date because most bots have no alert: judging would look up each bot and rule in vain. */
function rulesByBot(transitions: TopicTable<AlertState>): ReadonlyMap<string, ReadonlySet<string>> {
  const byBot = new Map<string, Set<string>>();
  eachRow(transitions, (state, before) => {
    if (before && !state) {
      const { bot_id, rule } = before.transition;
      const rules = byBot.get(bot_id);
      rules?.delete(rule);
      if (rules?.size === 0) byBot.delete(bot_id);
    }
    if (state && !before) {
      const { bot_id, rule } = state.transition;
      byBot.set(bot_id, (byBot.get(bot_id) ?? new Set()).add(rule));
    }
  });
  return byBot;
}

/** By bot and rule: the keys of receipts of its channels. Followed, as looking would cost all receipts. */
function channelKeys(
  receipts: TopicTable<readonly MailReceipt[]>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const keys = new Map<string, Set<string>>();
  eachRow(receipts, (row) => {
    const [receipt] = row ?? [];
    if (receipt?.channel === undefined) return;
    const key = alertKey(receipt);
    const known = keys.get(key) ?? new Set();
    keys.set(key, known.add(receiptKey(receipt)));
  });
  return keys;
}

/** Calls the listener with every row that is there, and with every change from then on. */
function eachRow<Row>(
  table: TopicTable<Row>,
  listener: (row: Row | undefined, before: Row | undefined) => void,
): void {
  table.onChange(({ row, before }) => listener(row, before));
  if (table.isRead) for (const row of table.rows()) listener(row, undefined);
}

function withoutValue(read: ReadAlertMessage): RowChange<null> | Unreadable | null {
  if (read.kind === 'forget') return { key: read.key, change: null };
  return read.kind === 'unreadable' ? read : null;
}

/** One of an alerter that had stood still must not take back what is known since. */
function evolveReceipts(
  known: readonly MailReceipt[] = [],
  receipt: MailReceipt | null,
): readonly MailReceipt[] | undefined {
  if (receipt === null) return undefined;
  const current = known.find(({ alert_id }) => alert_id === receipt.alert_id);
  if (current && isOlderReceipt(receipt, current)) return known;
  const others = known.filter((one) => one !== current);
  return [...others, receipt].slice(-ALERTS_WITH_RECEIPT);
}
