/** Sends what bots report: some at once, as their libraries do, each with the token of its own bot. */
import type { Agent } from 'node:http';
import { newEventId } from '@hookpulse/common/events/event-identity';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { ReportedEvent } from './bot-work.ts';
import { postJson } from './post-json.ts';

export interface Reporter {
  add(token: string, events: readonly ReportedEvent[]): void;
  /** Sends what is left, and resolves when all is answered. */
  close(): Promise<void>;
}

export interface ReporterDeps {
  readonly agent: Agent;
  /** Its origin. */
  readonly ingest: string;
  readonly clock: Clock;
}

export interface ReportAnswer {
  /** Null: there was none. */
  readonly status: number | null;
  readonly events: number;
}

/** Soon enough for a health answer of "now", and a few events each where bots are busy. */
const FLUSH_INTERVAL_MS = 250;
/** What ingest takes at once. */
const MAX_EVENTS = 1_000;

export function createReporter(
  { agent, ingest, clock }: ReporterDeps,
  onAnswer: (answer: ReportAnswer) => void,
): Reporter {
  const waiting = new Map<string, ReportedEvent[]>();
  const underWay = new Set<Promise<void>>();
  const timer = setInterval(flush, FLUSH_INTERVAL_MS);

  return {
    add(token, events) {
      const batch = waiting.get(token) ?? [];
      // An id of its own makes a report that is sent twice count once.
      for (const event of events) batch.push({ event_id: newEventId(clock.now()), ...event });
      waiting.set(token, batch);
    },
    async close() {
      clearInterval(timer);
      flush();
      await Promise.all(underWay);
    },
  };

  function flush(): void {
    for (const [token, events] of waiting) {
      for (let at = 0; at < events.length; at += MAX_EVENTS) {
        const sent = send(token, events.slice(at, at + MAX_EVENTS)).finally(() =>
          underWay.delete(sent),
        );
        underWay.add(sent);
      }
    }
    waiting.clear();
  }

  async function send(token: string, events: readonly ReportedEvent[]): Promise<void> {
    const headers = { authorization: `Bearer ${token}` };
    const body = JSON.stringify(events);
    const status = await postJson(agent, `${ingest}/api/events?strict=true`, headers, body);
    onAnswer({ status, events: events.length });
  }
}
