/** Reports the days before the last one to the running demo, the newest first, as bots report. */

import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { ReportedEvent } from '@hookpulse/traffic/bot-work';
import { postJson } from '@hookpulse/traffic/post-json';
import type { DemoBot } from './demo-bots.ts';
import { eventsOfMinute } from './past.ts';
import type { PastSpan } from './seed-log.ts';

export interface PastReport {
  readonly ingest: string;
  readonly adminToken: string;
  readonly bots: readonly DemoBot[];
  readonly span: PastSpan;
  /** Told of each hour of a bot. */
  onHour(): void;
  readonly signal: AbortSignal;
}

const MAX_EVENTS = 1_000;
/** So that the process makes events while the other one stores them. */
const REQUESTS_AT_ONCE = 2;
/** Ingest is busy, or was not heard of in time. Events keep their ids, so that none counts twice. */
const RETRY_PAUSE_MS = 1_000;
/** What an aggregator counts of hours that are over, with room for the live traffic behind it. */
const EVENTS_PER_SECOND = 5_000;

/** Hours of all bots that are reported. */
export function hoursToReport({ bots, span }: Pick<PastReport, 'bots' | 'span'>): number {
  return bots.length * Math.ceil((span.eventsFromMs - span.fromMs) / HOUR_MS);
}

/** Resolves when all is accepted, or the signal is aborted. @throws Error when ingest refuses it */
export async function reportPast(report: PastReport): Promise<void> {
  const { ingest, adminToken, signal, onHour } = report;
  const agent = new Agent({ keepAlive: true, maxSockets: REQUESTS_AT_ONCE });
  const hours = pastHours(report);
  const startedMs = performance.now();
  let sent = 0;
  const worker = async () => {
    for (const events of hours) {
      if (signal.aborted) return;
      for (let at = 0; at < events.length; at += MAX_EVENTS) {
        await send(events.slice(at, at + MAX_EVENTS));
      }
      onHour();
      sent += events.length;
      const dueMs = startedMs + (sent / EVENTS_PER_SECOND) * 1_000;
      await delay(Math.max(0, dueMs - performance.now()));
    }
  };
  try {
    await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, worker));
  } finally {
    agent.destroy();
  }

  async function send(events: readonly ReportedEvent[]): Promise<void> {
    const headers = { authorization: `Bearer ${adminToken}` };
    const body = JSON.stringify(events);
    while (!signal.aborted) {
      const status = await postJson(agent, `${ingest}/api/events?strict=true`, headers, body);
      if (status === 202) return;
      if (status !== null && status !== 503) {
        throw new Error(`ingest answered ${status} to a report of the past`);
      }
      await delay(RETRY_PAUSE_MS);
    }
  }
}

/** The events of an hour of a bot, the newest hours first. */
function* pastHours({ bots, span }: PastReport): Generator<ReportedEvent[]> {
  for (let endMs = span.eventsFromMs; endMs > span.fromMs; endMs -= HOUR_MS) {
    for (const { character } of bots) {
      const events: ReportedEvent[] = [];
      for (let ms = Math.max(endMs - HOUR_MS, span.fromMs); ms < endMs; ms += MINUTE_MS) {
        events.push(...eventsOfMinute(character, ms, span.startMs));
      }
      yield events;
    }
  }
}
