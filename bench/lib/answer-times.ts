/** How long answers of an HTTP app take, one after the other: the time of an answer, not of a queue. */

import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { ClickHouseClient } from '@hookpulse/store/open-client';

/** Milliseconds, sorted. */
export type Times = readonly number[];

/** @param path - asked for with the token  @throws Error unless every answer is 200 */
export async function answerTimes(
  app: Pick<HttpApp, 'inject'>,
  { path, token, requests }: { path: string; token: string; requests: number },
): Promise<Times> {
  return timesOf(requests, async () => {
    const answer = await app.inject({ url: path, headers: { authorization: `Bearer ${token}` } });
    if (answer.statusCode !== 200) throw new Error(`${path}: ${answer.body}`);
  });
}

/** What the store takes to answer a query that reads nothing: what no answer from it can be faster than. */
export async function emptyQueryTimes(client: ClickHouseClient, queries: number): Promise<Times> {
  return timesOf(queries, async () => {
    const answer = await client.query({ query: 'SELECT 1 AS one', format: 'JSONEachRow' });
    await answer.json();
  });
}

/** Nearest rank, to a tenth of a millisecond. */
export function percentile(times: Times, p: number): number {
  const value = times[Math.max(0, Math.ceil(p * times.length) - 1)] ?? Number.NaN;
  return Math.round(value * 10) / 10;
}

export async function timesOf(count: number, work: () => Promise<void>): Promise<Times> {
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const startedMs = performance.now();
    await work();
    times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b);
}
