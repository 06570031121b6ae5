/**
 * The updates of a bot from when this worker gets them until another one does: in order for each chat, side
 * by side for different chats, each until it is done.
 */
import { describeError } from './describe-error.ts';
import { DoneOffsets } from './done-offsets.ts';
import { botHalf, failedEventId, processedEventId } from './event-id.ts';
import { Lanes } from './lanes.ts';
import type { Reporter } from './reporter.ts';
import { chatKey, updateId, updateType } from './update.ts';

/** An update as Telegram sent it. */
export interface TelegramUpdate {
  readonly update_id: number;
}

export interface UpdateInfo {
  readonly botId: string;
  /** When Hookpulse received it, ISO 8601; null: another program put it on the topic. */
  readonly receivedAt: string | null;
  /** Of the topic `telegram.updates`. */
  readonly partition: number;
  readonly offset: string;
  /** Somebody asked for it once more; null: it came from Telegram. */
  readonly replayId: string | null;
  /** 1, and one more each time the handler has failed. */
  readonly attempt: number;
}

export interface HandlingOptions<Update extends TelegramUpdate> {
  readonly botId: string;
  /** Rejects: it is called again with this update, before others of the same chat. */
  handler(update: Update, info: UpdateInfo): unknown;
  /** Handlers at once. Default: 16 */
  readonly concurrency?: number;
  /** Taken and not done. Default: 500 */
  readonly maxPending?: number;
  /** Reports each outcome. Default: none is reported. */
  readonly reporter?: Pick<Reporter, 'processed' | 'error' | 'retry'>;
  /** Told of each failure. Default: `console.warn` */
  readonly onError?: (error: unknown, info: UpdateInfo & { readonly willRetry: boolean }) => void;
  /** Pause after a failure, milliseconds. Default: 1, 2, 4 … 120 s, with jitter */
  readonly retryDelayMs?: (attempt: number) => number;
  /** An update that was received longer ago is not tried again. Default: 24 hours */
  readonly giveUpAfterMs?: number;
}

export interface TakenUpdate {
  readonly partition: number;
  readonly offset: bigint;
  readonly receivedAt: string | null;
  readonly replayId: string | null;
  readonly update: unknown;
}

const CONCURRENCY = 16;
export const MAX_PENDING = 500;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 120_000;
const GIVE_UP_AFTER_MS = 86_400_000;
/** An update that stands twice on the topic stands there twice within seconds or minutes. */
const MAX_REMEMBERED = 1_000;

/** What of a consumer outlives its sessions. */
export class HandledUpdates {
  readonly #ids = new Set<number>();

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  add(id: number): void {
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > MAX_REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
  }
}

export class UpdateSession<Update extends TelegramUpdate> {
  readonly #options: HandlingOptions<Update>;
  readonly #handledBefore: HandledUpdates;
  readonly #onProgress: () => void;
  readonly #lanes: Lanes;
  readonly #partitions = new Map<number, DoneOffsets>();
  readonly #half: string;
  #pending = 0;
  #handled = 0;

  /** @param onProgress - called whenever an update is done */
  constructor(
    options: HandlingOptions<Update>,
    handledBefore: HandledUpdates,
    onProgress: () => void,
  ) {
    this.#options = options;
    this.#handledBefore = handledBefore;
    this.#onProgress = onProgress;
    this.#lanes = new Lanes(options.concurrency ?? CONCURRENCY);
    this.#half = botHalf(options.botId);
  }

  /** Taken and not done. */
  get pending(): number {
    return this.#pending;
  }

  get running(): number {
    return this.#lanes.running;
  }

  /** How many are done. */
  get handled(): number {
    return this.#handled;
  }

  /** By partition: everything before the offset is done. */
  doneTo(): ReadonlyMap<number, bigint> {
    const done = new Map<number, bigint>();
    for (const [partition, offsets] of this.#partitions) {
      const { doneTo } = offsets;
      if (doneTo !== null) done.set(partition, doneTo);
    }
    return done;
  }

  /** There is nothing of the bot before this offset that was not taken. */
  reach(partition: number, next: bigint): void {
    this.#offsets(partition).reach(next);
  }

  take(taken: TakenUpdate): void {
    const { partition, offset, update } = taken;
    const done = this.#offsets(partition).take(offset);
    const id = updateId(update);
    const settle = () => {
      done();
      this.#pending -= 1;
      this.#handled += 1;
      this.#onProgress();
    };
    this.#pending += 1;
    if (!isUpdate<Update>(update, id)) {
      settle();
      return;
    }
    let attempt = 0;
    this.#lanes.add({
      key: chatKey(update),
      run: async () => {
        attempt += 1;
        const againMs = await this.#attempt(update, taken, attempt);
        if (againMs === null) settle();
        return againMs;
      },
    });
  }

  /** Begins none any more. Resolves when none is under way. What is not done is for the next worker. */
  stop(): Promise<void> {
    return this.#lanes.stop();
  }

  /** @returns null: it is done or given up; else when to try again */
  async #attempt(update: Update, taken: TakenUpdate, attempt: number): Promise<number | null> {
    const { receivedAt, partition, offset, replayId } = taken;
    const { botId, handler, reporter } = this.#options;
    const isFromTelegram = replayId === null;
    if (isFromTelegram && this.#handledBefore.has(update.update_id)) return null;
    const info = { botId, receivedAt, partition, offset: String(offset), replayId, attempt };
    const of = { bot_id: botId, update_id: update.update_id, update_type: updateType(update) };
    const startedMs = performance.now();
    const elapsed = () => ({ processing_time_ms: performance.now() - startedMs });
    // Repeated after a kill it counts once. A replay counts again.
    const idOf = (make: typeof processedEventId) =>
      isFromTelegram ? { event_id: make(this.#half, update.update_id) } : {};
    try {
      await handler(update, info);
    } catch (error) {
      const details = { ...of, ...describeError(error) };
      if (attempt === 1) reporter?.error({ ...details, ...elapsed(), ...idOf(failedEventId) });
      else reporter?.retry(details);
      const willRetry = this.#isTriedAgain(receivedAt);
      this.#tell(error, { ...info, willRetry });
      return willRetry ? this.#delayMs(attempt) : null;
    }
    if (isFromTelegram) this.#handledBefore.add(update.update_id);
    reporter?.processed({ ...of, ...elapsed(), ...idOf(processedEventId) });
    return null;
  }

  #isTriedAgain(receivedAt: string | null): boolean {
    const { giveUpAfterMs = GIVE_UP_AFTER_MS } = this.#options;
    const receivedMs = receivedAt === null ? Number.NaN : Date.parse(receivedAt);
    return !(Date.now() - receivedMs > giveUpAfterMs);
  }

  #delayMs(attempt: number): number {
    const { retryDelayMs } = this.#options;
    try {
      if (retryDelayMs) return retryDelayMs(attempt);
    } catch {
      // An update is tried again all the same.
    }
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), MAX_RETRY_MS);
    return delayMs * (0.75 + Math.random() / 2);
  }

  #tell(error: unknown, info: UpdateInfo & { readonly willRetry: boolean }): void {
    const { onError } = this.#options;
    try {
      // It may be asynchronous, and its failure ends no process.
      if (onError) void Promise.resolve(onError(error, info)).catch(() => undefined);
      // biome-ignore lint/suspicious/noConsole: The bot's program has no other log that is known here.
      else if (info.attempt === 1) console.warn('hookpulse: a handler failed', error);
    } catch {
      // An update is not lost because telling of it fails.
    }
  }

  #offsets(partition: number): DoneOffsets {
    const offsets = this.#partitions.get(partition) ?? new DoneOffsets();
    this.#partitions.set(partition, offsets);
    return offsets;
  }
}

function isUpdate<Update extends TelegramUpdate>(
  update: unknown,
  id: number | null,
): update is Update {
  return typeof update === 'object' && update !== null && id !== null;
}
