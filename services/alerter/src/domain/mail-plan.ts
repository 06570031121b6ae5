/**
 * Which of the due mails go out now, alone or together. A few alerts are a mail each, at once. When
 * many cross the line within half a minute it is one outage: one mail names them all, and one tells
 * that they are resolved.
 */
import type { PastTransition } from '@hookpulse/common/alerts/alert';
import type { ToldReceivers } from '@hookpulse/common/alerts/mail-receipt';
import { v5 } from 'uuid';

/** The oldest due mail of a bot and rule. */
export interface MailItem {
  readonly bot_id: string;
  readonly bot_name: string;
  readonly rule: string;
  readonly mail: PastTransition;
  readonly receivers: readonly string[];
  /** When the sender first saw that it was to be sent, milliseconds since the epoch. */
  readonly noticedMs: number;
  /** The receiver, where it is no mail address: it is told on its own. */
  readonly channel?: string;
  /** Message-ID of the alert's first mail; null: this is the first. */
  readonly threadId: string | null;
  /** Whether that mail told of other alerts, too. */
  readonly isOfStorm: boolean;
  /** Who was told before that the alert fires. */
  readonly before: ToldReceivers;
  /** Counts mails about the same transition to people who came later; 0: the first. */
  readonly telling: number;
}

export interface PlannedMail {
  readonly messageId: string;
  /** Null: it begins a thread. */
  readonly threadId: string | null;
  readonly receivers: readonly string[];
  readonly items: readonly MailItem[];
  /** How often it was tried before, by another process; default: never. */
  readonly attempts?: number;
  /** Receivers that got it from another process; default: none. */
  readonly taken?: ReadonlySet<string>;
}

/** An outage that is being told of. */
interface Storm {
  readonly untilMs: number;
  readonly threadId: string;
}

/** So long the first alert waits for others: of an outage many follow, and the mail is still in time. */
export const GATHER_MS = 1_500;
/** After a mail of many, the next of its kind comes so much later, with all that came meanwhile. */
export const STORM_MS = 30_000;
/** So many alerts within `STORM_MS` are one outage. */
export const STORM_SIZE = 10;
/** So long the mail that a storm is over waits for its last alerts. */
export const STORM_END_MS = 5 * 60_000;

/** Namespace of the ids of mails of many (RFC 9562, section 5.5); chosen once, never changed. */
const NAMESPACE = '1d8c4f0a-9c3e-4a55-8b57-0e2c6a7f9d13';

export class MailPlanner {
  readonly #idHost: string;
  readonly #storms = new Map<string, Storm>();
  /** By group: when mails of one alert went out, as long as that counts towards a storm. */
  readonly #singles = new Map<string, number[]>();

  /** @param idHost - right-hand side of the Message-IDs (RFC 5322, section 3.6.4) */
  constructor(idHost: string) {
    this.#idHost = idHost;
  }

  /**
   * @param due - everything that is to be sent and is not under way
   * @param firingInThread - how many alerts of an item's thread are not resolved yet
   */
  plan(
    due: readonly MailItem[],
    nowMs: number,
    firingInThread: (item: MailItem) => number,
  ): PlannedMail[] {
    const groups = Map.groupBy(due, groupOf);
    return [...groups].flatMap(([group, items]) => {
      const oldestMs = Math.min(...items.map(({ noticedMs }) => noticedMs));
      const [first] = items;
      if (!first) return [];
      if (endsStorm(first)) {
        const isWhole = firingInThread(first) === 0;
        const isDue = isWhole ? nowMs - oldestMs >= GATHER_MS : nowMs - oldestMs >= STORM_END_MS;
        return isDue ? [this.#together(items, first.threadId)] : [];
      }
      return this.#release(group, items, oldestMs, nowMs);
    });
  }

  #release(
    group: string,
    items: readonly MailItem[],
    oldestMs: number,
    nowMs: number,
  ): PlannedMail[] {
    const storm = this.#stormThatHolds(group, oldestMs);
    // Were more than that left, the clock would have been set back.
    if (storm && nowMs < storm.untilMs && storm.untilMs - nowMs <= STORM_MS) return [];
    if (nowMs - oldestMs < GATHER_MS) return [];
    const singles = this.#recentSingles(group, nowMs);
    const isStorm = storm !== undefined || items.length + singles.length >= STORM_SIZE;
    if (!isStorm || items.length === 1) {
      this.#storms.delete(group);
      this.#singles.set(group, [...singles, ...items.map(() => nowMs)]);
      return items.map((item) => this.#alone(item));
    }
    const mail = this.#together(items, storm?.threadId ?? commonThread(items));
    const threadId = mail.threadId ?? mail.messageId;
    this.#storms.set(group, { untilMs: nowMs + STORM_MS, threadId });
    return [mail];
  }

  /** The outage that the oldest of a group came in time for, if there is one. */
  #stormThatHolds(group: string, oldestMs: number): Storm | undefined {
    const storm = this.#storms.get(group);
    return storm && oldestMs < storm.untilMs ? storm : undefined;
  }

  #recentSingles(group: string, nowMs: number): number[] {
    return (this.#singles.get(group) ?? []).filter((sentMs) => nowMs - sentMs < STORM_MS);
  }

  #alone(item: MailItem): PlannedMail {
    const { receivers, threadId } = item;
    const messageId = `<${toldName(item)}@${this.#idHost}>`;
    return { messageId, threadId, receivers, items: [item] };
  }

  /** Its id follows from what it tells. */
  #together(items: readonly MailItem[], threadId: string | null): PlannedMail {
    const [first] = items;
    if (first && items.length === 1) return this.#alone(first);
    const told = items.map(toldName).toSorted();
    const messageId = `<${v5(told.join(' '), NAMESPACE)}@${this.#idHost}>`;
    return { messageId, threadId, receivers: first?.receivers ?? [], items };
  }
}

/** What a mail tells of an alert has a name of its own. */
function toldName({ mail: { alert_id, sequence }, telling }: MailItem): string {
  const name = `${alert_id}.${sequence}`;
  return telling === 0 ? name : `${name}.${telling}`;
}

/** Those that can be told in one mail: of one kind, to the same people, and of one storm that ends. */
function groupOf(item: MailItem): string {
  const { mail, receivers, threadId } = item;
  const thread = endsStorm(item) ? (threadId ?? '') : '';
  return [mail.transition, thread, ...receivers].join('\n');
}

/** What reminds of one outage answers to the mail that told of it; null: they had several, or none. */
function commonThread(items: readonly MailItem[]): string | null {
  const [threadId = null, ...others] = new Set(items.map((item) => item.threadId));
  return others.length === 0 ? threadId : null;
}

function endsStorm({ mail, isOfStorm }: MailItem): boolean {
  return mail.transition === 'resolved' && isOfStorm;
}
