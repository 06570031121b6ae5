/** A client of server-sent events that reads them as browsers do. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sentFrames } from '@hookpulse/service-kit/http/server-sent-events';

export interface ReceivedEvent {
  readonly id: string;
  /** `message` where the server names none. */
  readonly type: string;
  readonly data: string;
}

export interface TestEventStream {
  readonly response: Response;
  /** In the order in which they came. */
  readonly received: readonly ReceivedEvent[];
  readonly comments: readonly string[];
  /** Of the events that tell of one. */
  events(): WebhookEvent[];
  /** The id to come back with: also of frames without data. */
  lastEventId(): string;
  /** Resolves when the server has ended it, or it was closed. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

export async function readEventStream(
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<TestEventStream> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const received: ReceivedEvent[] = [];
  const comments: string[] = [];
  let id = '';
  const ended = (async () => {
    try {
      for await (const frame of sentFrames(response.body)) {
        comments.push(...frame.comments);
        id = frame.id ?? id;
        if (frame.data !== null) received.push({ id, type: frame.type, data: frame.data });
      }
    } catch (error) {
      if (!abort.signal.aborted) throw error;
    }
  })();
  return {
    response,
    received,
    comments,
    events: () =>
      received.filter(({ type }) => type === 'message').map(({ data }) => JSON.parse(data)),
    lastEventId: () => id,
    ended,
    async close() {
      abort.abort();
      await ended.catch(() => undefined);
    },
  };
}
