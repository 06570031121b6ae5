/** Tells how forwarding to each bot goes, where that has changed: at most once a second for a bot. */
import type { Bot } from '@hookpulse/common/bots/bot';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { FORWARDING_STATUS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import {
  type ForwardingStatus,
  STATUSES,
} from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import { openTopicTable } from '@hookpulse/topic-tables/topic-table';
import type { BotForwarder } from './bot-forwarder.ts';

export interface StatusPublisherDeps {
  readonly log: Pick<EventLog, 'publish' | 'follow'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps one publish small. */
const MAX_STATUSES_PER_PUBLISH = 500;

export class StatusPublisher {
  readonly #deps: StatusPublisherDeps;
  /** As published, by bot. */
  readonly #told = new Map<string, string>();

  constructor(deps: StatusPublisherDeps) {
    this.#deps = deps;
  }

  /** Statuses that could not be published are published the next time. */
  async tell(bots: Iterable<BotForwarder>): Promise<void> {
    const now = this.#statusesOf(bots);
    // Another process owns this bot and publishes its status.
    for (const botId of this.#told.keys()) if (!now.has(botId)) this.#told.delete(botId);
    await this.#publish([...now]);
  }

  /** Of some bots, as they are left to another owner: it hears nothing of those that are done. */
  async tellLast(bots: Iterable<BotForwarder>): Promise<void> {
    await this.#publish([...this.#statusesOf(bots)]);
  }

  /**
   * Of bots of which nothing is held, though their last status says so: an owner that was killed could not
   * tell that the last update was done.
   * @returns whether it succeeded
   */
  async correct(idleBots: Iterable<Bot>): Promise<boolean> {
    try {
      const table = await openTopicTable(STATUSES, this.#deps);
      const idle = [...idleBots].flatMap(({ bot_id: botId }) => {
        const status = table.get(botId);
        if (!status || (status.backlog === 0 && status.in_flight === 0)) return [];
        const state = status.state === 'paused' ? 'paused' : 'delivering';
        return [[botId, JSON.stringify({ ...status, ...NOTHING_WAITS, state })] as const];
      });
      await table.close();
      return await this.#publish(idle);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #statusesOf(bots: Iterable<BotForwarder>): Map<string, string> {
    const nowMs = this.#deps.clock.now();
    return new Map(
      Array.from(bots, (bot) => [bot.botId, JSON.stringify(statusOf(bot, nowMs))] as const),
    );
  }

  /** Those that have changed. @returns whether it succeeded */
  async #publish(statuses: readonly (readonly [string, string])[]): Promise<boolean> {
    const changed = statuses.filter(([botId, status]) => this.#told.get(botId) !== status);
    try {
      for (let from = 0; from < changed.length; from += MAX_STATUSES_PER_PUBLISH) {
        const part = changed.slice(from, from + MAX_STATUSES_PER_PUBLISH);
        await this.#deps.log.publish(part.map(([botId, status]) => message(botId, status)));
        for (const [botId, status] of part) this.#told.set(botId, status);
      }
      return true;
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): false {
    this.#deps.logger.warn({ err: error }, 'forwarding statuses could not be published; retrying');
    return false;
  }
}

const NOTHING_WAITS = {
  backlog: 0,
  oldest_at: null,
  in_flight: 0,
  next_attempt_at: null,
} satisfies Partial<ForwardingStatus>;

function statusOf(bot: BotForwarder, nowMs: number): ForwardingStatus {
  const { lane, problem } = bot;
  const { oldestLogTimeMs, lastFailure } = lane;
  const nextAttemptMs = lane.nextAttemptMs(nowMs);
  return {
    state: bot.stateAt(nowMs),
    backlog: lane.heldCount + lane.missedCount,
    oldest_at: oldestLogTimeMs === null ? null : iso(oldestLogTimeMs),
    in_flight: lane.inFlight,
    next_attempt_at: nextAttemptMs === null ? null : iso(nextAttemptMs),
    last_failure:
      problem ?? (lastFailure && { at: iso(lastFailure.atMs), error: lastFailure.reason }),
  };
}

function message(botId: string, status: string): OutgoingMessage {
  return {
    topic: FORWARDING_STATUS_TOPIC,
    key: botId,
    value: status,
    headers: schemaHeader(FORWARDING_STATUS_TOPIC),
  };
}
