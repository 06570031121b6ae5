/** Reads the events of the log between two positions, some at a time, for who was away for long. */
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { hasReached, type LivePosition } from '../domain/live-position.ts';
import { type LiveEvent, takeMessage } from './live-event.ts';

export interface LogSpan {
  /** What was deleted meanwhile is left out. */
  readonly from: LivePosition;
  /** Reads up to here at least, unless there is too much. */
  readonly to: LivePosition;
  readonly isWanted: (event: LiveEvent) => boolean;
  /** Stops early when so many are wanted. */
  readonly maxEvents: number;
  readonly signal: AbortSignal;
}

export interface ReadSpan {
  readonly events: readonly LiveEvent[];
  /** Up to where was read. */
  readonly position: LivePosition;
}

/** @throws LogUnavailableError */
export async function readBetween(
  log: Pick<EventLog, 'follow' | 'ranges'>,
  { from, to, isWanted, maxEvents, signal }: LogSpan,
): Promise<ReadSpan> {
  const position = await heldPosition(log, from);
  const events: LiveEvent[] = [];
  const done = Promise.withResolvers<void>();
  let isDone = false;
  const check = () => {
    isDone = events.length >= maxEvents || hasReached(position, to);
    if (isDone) done.resolve();
  };
  check();
  if (isDone) return { events, position };
  const follower = await log.follow({
    topic: EVENTS_TOPIC,
    from: [...position].map(([partition, offset]) => ({ topic: EVENTS_TOPIC, partition, offset })),
    onMessage(message) {
      // What still comes until it is closed belongs to the next read.
      if (isDone) return;
      const event = takeMessage(position, message);
      if (event && isWanted(event)) events.push(event);
      check();
    },
    onReached({ partition, offset }) {
      if (isDone) return;
      position.set(partition, offset);
      check();
    },
  });
  signal.addEventListener('abort', () => done.resolve());
  if (signal.aborted) done.resolve();
  // A partition may be at its end already without a message that says so.
  await Promise.race([done.promise, follower.caughtUp]);
  isDone = true;
  await follower.close();
  return { events, position };
}

/** A position that the log can be read from. @throws LogUnavailableError */
export async function heldPosition(
  log: Pick<EventLog, 'ranges'>,
  asked: LivePosition,
): Promise<Map<number, bigint>> {
  const position = new Map<number, bigint>();
  for (const { partition, startOffset, endOffset } of await log.ranges(EVENTS_TOPIC)) {
    const offset = asked.get(partition) ?? startOffset;
    // Of a topic that was made anew everything is new.
    const isHeld = offset >= startOffset && offset <= endOffset;
    position.set(partition, isHeld ? offset : startOffset);
  }
  return position;
}
