/** Updates of one bot from a moment or a place on, for a client that keeps its position itself. */
import type { EventLog, Follower } from '@hookpulse/event-log/event-log';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { type Place, placeText, updateFrame } from './update-frame.ts';

export interface FollowUpdatesOptions {
  readonly log: Pick<EventLog, 'follow' | 'ranges' | 'offsetsAt' | 'partitionFor'>;
  readonly botId: string;
  /** Milliseconds since the epoch; null: from now on. */
  readonly fromMs: number | null;
  /** What the client has seen; null: nothing. */
  readonly seenTo: Place | null;
  readonly send: (frame: string) => Promise<void>;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** The log could not be read on. */
  readonly onBroken: (error: unknown) => void;
}

export interface FollowedUpdates {
  /** Up to where the client has everything. */
  readonly reachedText: string | null;
  close(): Promise<void>;
}

/** Of frames that wait for the client; more are read when it has taken them. */
const MAX_WAITING_CHARACTERS = 1_048_576;

/** @throws LogUnavailableError */
export async function followUpdates(options: FollowUpdatesOptions): Promise<FollowedUpdates> {
  const { log, botId, fromMs, seenTo, send, signal } = options;
  const partition = await log.partitionFor(UPDATES_TOPIC, botId);
  const ranges = await log.ranges(UPDATES_TOPIC);
  const end = ranges.find((range) => range.partition === partition)?.endOffset ?? 0n;
  let next = await firstOffset();
  let reached = placeText(partition, next);
  let follower: Follower | null = null;

  await read();
  return {
    get reachedText() {
      return reached;
    },
    async close() {
      await follower?.close();
    },
  };

  async function firstOffset(): Promise<bigint> {
    if (seenTo?.partition === partition) return seenTo.offset;
    if (fromMs === null) return end;
    const positions = await log.offsetsAt(UPDATES_TOPIC, fromMs);
    return positions.find((one) => one.partition === partition)?.offset ?? end;
  }

  /** Until so much waits that the rest is read anew when there is room. */
  async function read(): Promise<void> {
    const waiting: { readonly frame: string; readonly offset: bigint }[] = [];
    let characters = 0;
    let isFull = false;
    let isSending = false;
    // Of other partitions nothing is wanted, so none of what came meanwhile is read.
    const present = await log.ranges(UPDATES_TOPIC);
    const current = await log.follow({
      topic: UPDATES_TOPIC,
      from: present.map(({ topic, partition: other, endOffset }) => ({
        topic,
        partition: other,
        offset: other === partition ? next : endOffset,
      })),
      onMessage(message) {
        if (message.partition !== partition || isFull) return;
        next = message.offset + 1n;
        const frame = updateFrame(message, botId);
        if (frame === null) return;
        waiting.push({ frame, offset: next });
        characters += frame.length;
        isFull = characters >= MAX_WAITING_CHARACTERS;
        if (!isSending) void sendWaiting();
      },
    });
    follower = current;
    if (signal.aborted) await current.close();

    async function sendWaiting(): Promise<void> {
      isSending = true;
      for (let one = waiting.shift(); one && !signal.aborted; one = waiting.shift()) {
        characters -= one.frame.length;
        await send(one.frame);
        reached = placeText(partition, one.offset);
      }
      isSending = false;
      if (!isFull || signal.aborted) return;
      await current.close();
      await read().catch(options.onBroken);
    }
  }
}
