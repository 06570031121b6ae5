/** Tells how forwarding to each bot goes, where that has changed: at most once a second for a bot. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { FORWARDING_STATUS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import type { ForwardingStatus } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import type { BotForwarder } from './bot-forwarder.ts';

export interface StatusPublisherDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Keeps one publish small. */
const MAX_STATUSES_PER_PUBLISH = 500;

export class StatusPublisher {
  readonly #deps: StatusPublisherDeps;
  /** As published, by bot. */
  #told = new Map<string, string>();

  constructor(deps: StatusPublisherDeps) {
    this.#deps = deps;
  }

  /** Statuses that could not be published are published the next time. */
  async tell(bots: Iterable<BotForwarder>): Promise<void> {
    const nowMs = this.#deps.clock.now();
    const now = new Map(
      Array.from(bots, (bot) => [bot.botId, JSON.stringify(statusOf(bot, nowMs))] as const),
    );
    // Another process owns this bot and publishes its status.
    for (const botId of this.#told.keys()) if (!now.has(botId)) this.#told.delete(botId);
    const changed = [...now].filter(([botId, status]) => this.#told.get(botId) !== status);
    try {
      for (let from = 0; from < changed.length; from += MAX_STATUSES_PER_PUBLISH) {
        const part = changed.slice(from, from + MAX_STATUSES_PER_PUBLISH);
        await this.#deps.log.publish(part.map(([botId, status]) => message(botId, status)));
        for (const [botId, status] of part) this.#told.set(botId, status);
      }
    } catch (error) {
      this.#deps.logger.warn(
        { err: error },
        'forwarding statuses could not be published; retrying',
      );
    }
  }
}

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
