/** One evaluation: every enabled bot of every partition held, and the alerts of those that are gone. */
import type { AlertBoard } from '@hookpulse/common/alerts/alert-board';
import { alertKey } from '@hookpulse/common/domain/alerts/alert';
import type { AssignedPartitions } from './assigned-partitions.ts';
import type { BotRoster } from './bot-roster.ts';
import { Judge } from './judge.ts';
import type { TransitionPublisher } from './transition-publisher.ts';
import type { WatchedPartition } from './watched-partition.ts';

export interface FleetJudgeDeps {
  readonly roster: Pick<BotRoster, 'get' | 'enabledOn'>;
  readonly board: Pick<AlertBoard, 'get' | 'list'>;
  readonly partitions: Pick<AssignedPartitions, 'list' | 'get'>;
  readonly publisher: Pick<TransitionPublisher, 'isWaiting' | 'add'>;
  readonly windowMs: number;
  /** Partition of `webhook.events` that holds a bot's events. */
  partitionOf(botId: string): Promise<number>;
}

export class FleetJudge {
  readonly #deps: FleetJudgeDeps;
  readonly #judge: Judge;

  constructor(deps: FleetJudgeDeps) {
    this.#deps = deps;
    this.#judge = new Judge(deps.board, deps.windowMs);
  }

  /**
   * Hands what is to happen to the publisher.
   * @param boardKnownToMs - up to when the decisions of others are known; null: not yet
   * @returns the moment that all partitions were judged as of, milliseconds since the epoch; null when
   *   one could not be: it is still being read, or there is none
   */
  judgeAll(boardKnownToMs: number | null): number | null {
    let oldestMs: number | null = null;
    let isWhole = boardKnownToMs !== null;
    for (const watched of this.#deps.partitions.list()) {
      const asOfMs = judgedAsOf(watched, boardKnownToMs);
      if (asOfMs === null) {
        isWhole = false;
        continue;
      }
      this.#judgePartition(watched, asOfMs);
      oldestMs = Math.min(oldestMs ?? asOfMs, asOfMs, boardKnownToMs ?? asOfMs);
    }
    return isWhole ? oldestMs : null;
  }

  /** Nobody judges a bot that was disabled or removed: what fires for it is over. */
  async endAlertsOfGoneBots(boardKnownToMs: number | null): Promise<void> {
    const { board, roster, publisher, partitions } = this.#deps;
    for (const state of board.list()) {
      const { bot_id, transition } = state.transition;
      const entry = roster.get(bot_id);
      if (transition === 'resolved' || entry?.bot.enabled) continue;
      if (publisher.isWaiting(alertKey(state.transition))) continue;
      const watched = partitions.get(await this.#deps.partitionOf(bot_id));
      const asOfMs = watched ? judgedAsOf(watched, boardKnownToMs) : null;
      if (asOfMs === null) continue;
      const reason = entry ? 'The bot was disabled.' : 'The bot was removed.';
      publisher.add(this.#judge.endAlert(state, reason, asOfMs));
    }
  }

  /** Partitions were given away: what is remembered of their bots is out of date if they come back. */
  forgetOthers(): void {
    const { board, roster, partitions } = this.#deps;
    this.#judge.forgetUnless((key) => {
      const botId = board.get(key)?.transition.bot_id;
      const partition = botId === undefined ? undefined : roster.get(botId)?.partition;
      return partition !== undefined && partitions.get(partition) !== undefined;
    });
  }

  #judgePartition(watched: WatchedPartition, asOfMs: number): void {
    const { roster, publisher } = this.#deps;
    const isWaiting = (key: string) => publisher.isWaiting(key);
    const known = { nowMs: asOfMs, knownSinceMs: watched.sinceMs };
    for (const entry of roster.enabledOn(watched.partition)) {
      const facts = watched.facts(entry.bot.bot_id, asOfMs);
      for (const transition of this.#judge.judgeBot(entry, facts, known, isWaiting)) {
        publisher.add(transition);
      }
    }
  }
}

/** Null: its events, or the decisions of the owner before, are not all known yet. */
function judgedAsOf(watched: WatchedPartition, boardKnownToMs: number | null): number | null {
  if (boardKnownToMs === null || boardKnownToMs < watched.assignedMs) return null;
  return watched.judgedAsOfMs;
}
