/**
 * Sends the planned requests as their senders would: many at once, to any ingest, again and again
 * until each is acknowledged. An answer that no outage explains is a finding of its own.
 */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type PostAnswer, postForAnswer } from '@hookpulse/traffic/post-json';
import type { DrivenBot } from './register-bots.ts';
import type { PlannedRequest } from './workload.ts';

export interface DriverOptions {
  /** Origins of the ingests, perhaps of proxies in front of them. */
  readonly ingestUrls: readonly string[];
  readonly bots: ReadonlyMap<string, DrivenBot>;
  readonly adminToken: string;
  /** Requests under way at once. */
  readonly concurrency: number;
  /** Resolves when the next request is due. Default: as soon as one before it is acknowledged. */
  pace?(): Promise<void>;
  /** Gives up what is not acknowledged: `drive` rejects. */
  readonly signal?: AbortSignal;
  /** Told the number of planned events that a request has just had acknowledged. */
  onAcknowledged(events: number): void;
}

export interface DriverFigures {
  readonly acknowledgedRequests: number;
  /** Attempts without an acknowledgement: refused, cut off or timed out. */
  readonly failedAttempts: number;
  /** Answers, by status, that neither acknowledge nor ask to come again: a 503 without `Retry-After` too. */
  readonly unexpectedAnswers: ReadonlyMap<number, number>;
}

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** Resolves when every request was acknowledged. @throws AbortError when the signal ends it */
export async function drive(
  requests: Iterator<PlannedRequest>,
  options: DriverOptions,
): Promise<DriverFigures> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.concurrency });
  const unexpectedAnswers = new Map<number, number>();
  let acknowledgedRequests = 0;
  let failedAttempts = 0;

  async function worker(first: number): Promise<void> {
    let attempts = first;
    for (;;) {
      await options.pace?.();
      options.signal?.throwIfAborted();
      const next = requests.next();
      if (next.done) return;
      const message = toHttp(next.value, options);
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
        const url = options.ingestUrls[attempts++ % options.ingestUrls.length] ?? '';
        const answer = await postForAnswer(
          agent,
          `${url}${message.path}`,
          message.headers,
          message.body,
        );
        if (answer?.status === message.acknowledgement) break;
        failedAttempts += 1;
        if (answer !== null && !asksToComeAgain(answer)) {
          unexpectedAnswers.set(answer.status, (unexpectedAnswers.get(answer.status) ?? 0) + 1);
        }
        await delay(pauseMs, undefined, { signal: options.signal });
      }
      acknowledgedRequests += 1;
      options.onAcknowledged(next.value.newEvents);
    }
  }

  try {
    await Promise.all(Array.from({ length: options.concurrency }, (_, n) => worker(n)));
  } finally {
    agent.destroy();
  }
  return { acknowledgedRequests, failedAttempts, unexpectedAnswers };
}

function asksToComeAgain({ status, headers }: PostAnswer): boolean {
  return status === 503 && headers['retry-after'] !== undefined;
}

interface HttpMessage {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The status that acknowledges it. */
  readonly acknowledgement: number;
}

function toHttp(planned: PlannedRequest, { bots, adminToken }: DriverOptions): HttpMessage {
  switch (planned.kind) {
    case 'delivery': {
      const { botId, updateId } = planned;
      const update = { update_id: updateId, message: { message_id: updateId, text: 'chaos' } };
      return {
        path: `/webhook/${botId}`,
        headers: { 'x-telegram-bot-api-secret-token': bots.get(botId)?.secret ?? '' },
        body: JSON.stringify(update),
        acknowledgement: 200,
      };
    }
    case 'report':
      return {
        path: '/api/events',
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify(planned.events),
        acknowledgement: 202,
      };
    default:
      return planned satisfies never;
  }
}
