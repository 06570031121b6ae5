/** Sends one client the events it asked for: first those it missed, then those that arrive. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { type LivePosition, positionText } from '../domain/live-position.ts';
import { eventFrame, openingFrame } from './event-frames.ts';
import type { EventStream } from './event-stream.ts';
import type { LiveEvent } from './live-event.ts';
import type { LiveReader } from './live-events.ts';
import { heldPosition, readBetween } from './read-between.ts';

export interface TellEventsDeps {
  readonly log: Pick<EventLog, 'follow' | 'ranges'>;
  readonly reader: LiveReader;
  /** Runs what reads the log for one client alone, one after the other. */
  readonly queue: <T>(task: () => Promise<T>) => Promise<T>;
}

/** Far less than may wait for a client, even if each is of the largest kind. */
const MAX_EVENTS_IN_ONE_GO = 50;
/** Of what is remembered; to choose them costs a look at all of it. */
const MAX_EVENTS_OF_MEMORY = 500;
/** Some megabytes, until the client has taken them. */
const MAX_EVENTS_AT_ONCE = 2_000;

/**
 * Resolves when the client has caught up; it is sent events until its stream ends.
 * @param resumeFrom - what the client has seen; null: only events from now on
 * @param onLive - told how to stop listening
 * @throws LogUnavailableError
 */
export async function tellEvents(
  stream: EventStream,
  isAsked: (event: WebhookEvent) => boolean,
  resumeFrom: LivePosition | null,
  { log, reader, queue }: TellEventsDeps,
  onLive: (stop: () => void) => void,
): Promise<void> {
  const isWanted = ({ event }: LiveEvent) => isAsked(event);
  const tell = (event: LiveEvent) => {
    if (isWanted(event)) stream.send(eventFrame(event));
  };
  stream.send(openingFrame(resumeFrom === null ? reader.positionText() : null));
  const position = new Map(resumeFrom ?? reader.position());
  if (resumeFrom && reader.isBehind(position)) {
    // Another process had read on further than this one has, or of a topic with more partitions.
    const held = await heldPosition(log, position);
    position.clear();
    setPosition(position, held);
    await reader.reaches(position, stream.signal);
  }
  while (!stream.signal.aborted) {
    const missed = reader.since(position)?.filter(isWanted);
    if (missed && missed.length > MAX_EVENTS_IN_ONE_GO) {
      for (const event of missed.slice(0, MAX_EVENTS_OF_MEMORY)) {
        await stream.sendWhenTaken(eventFrame(seenBy(position, event)));
      }
      continue;
    }
    if (missed) {
      // In one go with what is asked above: nothing arrives in between.
      onLive(reader.subscribe(tell));
      for (const event of missed) stream.send(eventFrame(seenBy(position, event)));
      return;
    }
    const from = positionText(position);
    const read = await queue(() =>
      readBetween(log, {
        from: position,
        to: reader.position(),
        isWanted,
        maxEvents: MAX_EVENTS_AT_ONCE,
        signal: stream.signal,
      }),
    );
    for (const event of read.events) await stream.sendWhenTaken(eventFrame(event));
    // Where nothing is left to read, what was deleted is all that is missing.
    const isStuck = positionText(read.position) === from;
    setPosition(position, isStuck ? reader.position() : read.position);
  }
}

/**
 * Moves a client's position on over an event. What is remembered has the reader's ids, and that may
 * have come by another way: partitions have no order among each other.
 */
function seenBy(position: Map<number, bigint>, event: LiveEvent): LiveEvent {
  position.set(event.partition, event.offset + 1n);
  return { ...event, id: positionText(position) };
}

function setPosition(position: Map<number, bigint>, to: LivePosition): void {
  for (const [partition, offset] of to) position.set(partition, offset);
}
