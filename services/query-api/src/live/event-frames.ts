/** Server-sent events as text (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
import type { LiveEvent } from './live-event.ts';

/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;

/** A frame without data tells nothing, but sets the id from which the stream is taken up again. */
export function openingFrame(id: string | null): string {
  return `: connected\nretry: ${RETRY_MS}\n${idLine(id)}\n`;
}

/**
 * Keeps proxies from closing what seems idle, and the id from growing old while nothing matches. An
 * event as well as a comment: browsers tell a page of events only, and by them it knows that the
 * connection still carries something.
 */
export function heartbeatFrame(id: string | null): string {
  return `: heartbeat\nevent: heartbeat\n${idLine(id)}data: {}\n\n`;
}

/** The last frame for a client that is too slow: it reconnects with the id that it has. */
export const LAGGING_FRAME =
  'event: lagging\ndata: {"reason":"The client reads more slowly than events arrive. Reconnect to continue after the last event."}\n\n';

const made = new WeakMap<LiveEvent, Buffer>();

/** Created once for all clients, so that they share the same bytes. JSON has no line breaks. */
export function eventFrame(live: LiveEvent): Buffer {
  const known = made.get(live);
  if (known !== undefined) return known;
  const frame = Buffer.from(`${idLine(live.id)}data: ${JSON.stringify(live.event)}\n\n`);
  made.set(live, frame);
  return frame;
}

function idLine(id: string | null): string {
  return id === null ? '' : `id: ${id}\n`;
}
