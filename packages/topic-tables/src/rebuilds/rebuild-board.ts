/** All requests to rebuild and what was answered to them: a fold over `webhook.rebuilds`. */

import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import type { EventLog, Follower, LogMessage } from '@hookpulse/event-log/event-log';
import { REBUILDS_TOPIC } from '@hookpulse/event-log/topics';
import { AwaitedChanges } from '../awaited-changes.ts';
import { forgetMessages, readRebuildMessage, requestToMessage } from './rebuild-message.ts';

export interface PostedRebuild {
  readonly request: RebuildRequest;
  /** The newest answer of each partition that gave one. */
  readonly answers: readonly RebuildAnswer[];
}

export interface RebuildBoard {
  get(rebuildId: string): PostedRebuild | undefined;
  /** In the order in which they were asked for. */
  list(): readonly PostedRebuild[];
  /**
   * Asks all owners of partitions. Resolves when the request is durable and seen here.
   * @throws LogUnavailableError
   */
  post(request: RebuildRequest): Promise<void>;
  /** Lets everybody forget a request. @throws LogUnavailableError */
  forget(request: RebuildRequest): Promise<void>;
  close(): Promise<void>;
}

export interface RebuildBoardDeps {
  readonly log: Pick<EventLog, 'publish' | 'follow'>;
  readonly logger: Logger;
  /** Called after every change. */
  onChange?(): void;
  /** Gives up reading what is on the log. */
  readonly signal?: AbortSignal;
}

/** As for bots: it takes milliseconds to come back. */
const VISIBILITY_TIMEOUT_MS = 5_000;

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openRebuildBoard(deps: RebuildBoardDeps): Promise<RebuildBoard> {
  const board = new FollowedRebuildBoard(deps);
  await board.open();
  return board;
}

class FollowedRebuildBoard implements RebuildBoard {
  readonly #deps: RebuildBoardDeps;
  readonly #awaited = new AwaitedChanges(VISIBILITY_TIMEOUT_MS);
  readonly #requests = new Map<string, RebuildRequest>();
  /** By request, then by partition. */
  readonly #answers = new Map<string, Map<number, RebuildAnswer>>();
  #follower: Follower | null = null;

  constructor(deps: RebuildBoardDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    this.#follower = await this.#deps.log.follow({
      topic: REBUILDS_TOPIC,
      onMessage: (message) => this.#onMessage(message),
    });
    try {
      await untilAborted(this.#follower.caughtUp, this.#deps.signal);
    } catch (error) {
      await this.#follower.close();
      throw error;
    }
  }

  get(rebuildId: string): PostedRebuild | undefined {
    const request = this.#requests.get(rebuildId);
    return request && { request, answers: [...(this.#answers.get(rebuildId)?.values() ?? [])] };
  }

  list(): readonly PostedRebuild[] {
    return [...this.#requests.keys()].flatMap((id) => this.get(id) ?? []);
  }

  post(request: RebuildRequest): Promise<void> {
    return this.#awaited.during(request.rebuild_id, () =>
      this.#deps.log.publish([requestToMessage(request)]),
    );
  }

  forget({ rebuild_id, partitions }: RebuildRequest): Promise<void> {
    return this.#deps.log.publish(forgetMessages(rebuild_id, partitions));
  }

  async close(): Promise<void> {
    this.#awaited.close();
    await this.#follower?.close();
  }

  #onMessage(message: LogMessage): void {
    const read = readRebuildMessage(message);
    switch (read.kind) {
      case 'request':
        this.#requests.set(read.request.rebuild_id, read.request);
        this.#awaited.seen(read.request.rebuild_id);
        break;
      case 'answer':
        this.#answersOf(read.answer.rebuild_id).set(read.answer.partition, read.answer);
        break;
      case 'forget':
        this.#requests.delete(read.rebuildId);
        this.#answers.delete(read.rebuildId);
        break;
      case 'unreadable': {
        const { topic, partition, offset, key } = message;
        const place = { topic, partition, offset: String(offset), key };
        this.#deps.logger.warn({ ...place, reason: read.reason }, 'rebuild message skipped');
        return;
      }
      default:
        read satisfies never;
    }
    this.#deps.onChange?.();
  }

  #answersOf(rebuildId: string): Map<number, RebuildAnswer> {
    let answers = this.#answers.get(rebuildId);
    if (!answers) {
      answers = new Map();
      this.#answers.set(rebuildId, answers);
    }
    return answers;
  }
}
