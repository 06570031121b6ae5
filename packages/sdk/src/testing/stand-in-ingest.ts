/** A `fetch` that answers as Hookpulse's ingest does, or as it is told to. */
import type { ReportedEvent } from '../event.ts';

export interface StandInIngest {
  readonly fetch: typeof globalThis.fetch;
  /** Each request, in order. */
  readonly requests: { readonly events: readonly ReportedEvent[]; readonly token: string | null }[];
  /** What was accepted, by `event_id`: as Hookpulse counts it. */
  readonly counted: Map<string, ReportedEvent>;
  /** From now on. Null: takes everything. `'lost'`: takes everything, and its answers are lost. */
  answerWith(answer: (() => Response | Promise<Response>) | 'lost' | null): void;
}

export function standInIngest(): StandInIngest {
  let answer: (() => Response | Promise<Response>) | 'lost' | null = null;
  const requests: StandInIngest['requests'] = [];
  const counted = new Map<string, ReportedEvent>();
  return {
    requests,
    counted,
    answerWith(next) {
      answer = next;
    },
    async fetch(_url, init) {
      const events: ReportedEvent[] = JSON.parse(String(init?.body));
      requests.push({ events, token: new Headers(init?.headers).get('authorization') });
      if (answer !== null && answer !== 'lost') return answer();
      for (const event of events) counted.set(String(event.event_id), event);
      if (answer === 'lost') throw new TypeError('fetch failed');
      return Response.json({ accepted: events.length, rejected: [] }, { status: 202 });
    },
  };
}
