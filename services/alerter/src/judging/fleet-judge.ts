/** One evaluation: every enabled bot of every partition held, and the alerts of those that are gone. */
import { alertKey } from '@hookpulse/common/alerts/alert';
import { decide } from '@hookpulse/common/alerts/decider';
import type { JudgedBot } from '@hookpulse/common/alerts/rules/rule';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { FirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import type { Presence } from '@hookpulse/topic-tables/presence/presence';
import type { BotRoster, RosterEntry } from './bot-roster.ts';
import { Judge } from './judge.ts';
import type { TransitionPublisher } from './transition-publisher.ts';
import type { WatchedPartition } from './watched-partition.ts';
import type { WatchedPartitions } from './watched-partitions.ts';

export interface FleetJudgeDeps {
  readonly roster: Pick<BotRoster, 'get' | 'enabledOn' | 'partitionOf'>;
  readonly alertStates: Pick<AlertStates, 'get' | 'ofBot' | 'list'>;
  readonly partitions: Pick<WatchedPartitions, 'inTurns' | 'get'>;
  readonly publisher: Pick<TransitionPublisher, 'isWaiting' | 'add'>;
  readonly presence: Pick<Presence, 'absences'>;
  readonly firstEvents: Pick<FirstEvents, 'heardMs' | 'note'>;
  /** What waits to be forwarded to a bot. */
  forwardingOf(bot: Bot): JudgedBot['forwarding'];
  readonly windowMs: number;
}

export class FleetJudge {
  readonly #deps: FleetJudgeDeps;
  readonly #judge: Judge;
  /** Bots that were heard for the first time, and when, milliseconds since the epoch. */
  #newlyHeard = new Map<string, number>();

  constructor(deps: FleetJudgeDeps) {
    this.#deps = deps;
    this.#judge = new Judge((botId) => deps.alertStates.ofBot(botId));
  }

  /**
   * Hands what is to happen to the publisher.
   * @param statesKnownToMs - up to when the decisions of others are known; null: not yet
   * @returns the moment that all partitions were judged as of, milliseconds since the epoch; null when
   *   one could not be: it is still being read, or there is none
   */
  async judgeAll(statesKnownToMs: number | null): Promise<number | null> {
    const { partitions } = this.#deps;
    let oldestMs: number | null = null;
    let isWhole = statesKnownToMs !== null;
    for await (const watched of partitions.inTurns()) {
      const asOfMs = judgedAsOf(watched, statesKnownToMs);
      if (asOfMs === null) {
        isWhole = false;
        continue;
      }
      this.#judgePartition(watched, asOfMs);
      oldestMs = Math.min(oldestMs ?? asOfMs, asOfMs, statesKnownToMs ?? asOfMs);
    }
    return isWhole ? oldestMs : null;
  }

  /** Puts on the log which bots were heard for the first time. @throws LogUnavailableError */
  async noteHeard(): Promise<void> {
    const heard = this.#newlyHeard;
    if (heard.size === 0) return;
    this.#newlyHeard = new Map();
    await this.#deps.firstEvents.note(heard);
  }

  /** Nobody judges a bot that was disabled or removed: what fires for it is over. */
  endAlertsOfGoneBots(statesKnownToMs: number | null): void {
    const { alertStates, roster, publisher, partitions } = this.#deps;
    for (const state of alertStates.list()) {
      const { bot_id, transition } = state.transition;
      const entry = roster.get(bot_id);
      if (transition === 'resolved' || entry?.bot.enabled) continue;
      if (publisher.isWaiting(alertKey(state.transition))) continue;
      const watched = partitions.get(roster.partitionOf(bot_id));
      const asOfMs = watched ? judgedAsOf(watched, statesKnownToMs) : null;
      if (asOfMs === null) continue;
      const reason = entry ? 'The bot was disabled.' : 'The bot was removed.';
      // Nothing newer is known of it than what it fired by.
      const { bot_name, severity, facts } = state.transition;
      const account = () => ({ bot_name, reason, severity, facts });
      const { transition: end } = decide(state, { kind: 'over', account }, asOfMs);
      if (end) publisher.add(end);
    }
  }

  /** Partitions were given away: what is remembered of their bots is out of date if they come back. */
  forgetOthers(): void {
    const { alertStates, roster, partitions } = this.#deps;
    this.#judge.forgetUnless((key) => {
      const botId = alertStates.get(key)?.transition.bot_id;
      const partition = botId === undefined ? undefined : roster.get(botId)?.partition;
      return partition !== undefined && partitions.get(partition) !== undefined;
    });
  }

  #judgePartition(watched: WatchedPartition, asOfMs: number): void {
    const { roster, publisher, presence, firstEvents, windowMs } = this.#deps;
    const isWaiting = (key: string) => publisher.isWaiting(key);
    const { sinceMs } = watched;
    const absences = presence.absences({ fromMs: sinceMs, toMs: asOfMs });
    const at = { nowMs: asOfMs, knownSinceMs: sinceMs, absences, windowMs };
    for (const entry of roster.enabledOn(watched.partition)) {
      const { bot } = entry;
      const window = watched.window(bot.bot_id);
      const facts = window.facts(asOfMs);
      const heardMs = firstEvents.heardMs(bot.bot_id);
      if (isNews(facts.lastEventMs, heardMs, entry)) {
        this.#newlyHeard.set(bot.bot_id, facts.lastEventMs);
      }
      const judged = { entry, window, facts, heardMs, forwarding: this.#deps.forwardingOf(bot) };
      for (const transition of this.#judge.judgeBot(judged, at, isWaiting)) {
        publisher.add(transition);
      }
    }
  }
}

/** Whether an event is the first that is known since the bot is watched. */
function isNews(
  lastEventMs: number | null,
  heardMs: number | null,
  { watchedSinceMs }: RosterEntry,
): lastEventMs is number {
  if (lastEventMs === null || lastEventMs < watchedSinceMs) return false;
  return heardMs === null || heardMs < watchedSinceMs;
}

/** Null: its events, or the decisions of the owner before, are not all known yet. */
function judgedAsOf(watched: WatchedPartition, statesKnownToMs: number | null): number | null {
  if (statesKnownToMs === null || statesKnownToMs < watched.assignedMs) return null;
  return watched.judgedAsOfMs;
}
