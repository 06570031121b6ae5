/** How queries ask the store: bound parameters only, a bounded wait, and checked rows. */

import { errorCode } from '@hookpulse/common/values/error-code';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { toStoreError } from '@hookpulse/store/store-errors';
import type { Static, TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';

export interface Selection<Row extends TSchema> {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What each row has to be. */
  readonly row: Validator<Record<never, never>, Row>;
  /** Longest wait; default 5 s. */
  readonly timeoutMs?: number;
}

/** Health is asked for by people and monitors that give up after about as long. */
const ANSWER_TIMEOUT_MS = 5_000;
/** For what operators ask for now and then, and wait for. */
export const LONG_ANSWER_TIMEOUT_MS = 30_000;

/** @throws StoreError; TypeError when a row is not what the query promises. */
export async function selectRows<Row extends TSchema>(
  client: ClickHouseClient,
  { sql, params, row, timeoutMs = ANSWER_TIMEOUT_MS }: Selection<Row>,
): Promise<Static<Row>[]> {
  const rows = await ask(client, sql, params, timeoutMs);
  return rows.map((value) => {
    if (row.Check(value)) return value;
    const [problem] = row.Errors(value);
    throw new TypeError(`the store's row${problem?.instancePath} ${problem?.message}`);
  });
}

async function ask(
  client: ClickHouseClient,
  query: string,
  params: Readonly<Record<string, unknown>>,
  timeoutMs: number,
): Promise<unknown[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const tryOnce = () => answer(client, query, params, signal);
  try {
    return await tryOnce().catch((error: unknown) => {
      if (!wasConnectionLost(error)) throw error;
      // As a rule one that had been idle, and was closed by the server or something in between.
      return tryOnce();
    });
  } catch (error) {
    throw toStoreError(error);
  }
}

async function answer(
  client: ClickHouseClient,
  query: string,
  params: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<unknown[]> {
  const result = await client.query({
    query,
    query_params: { ...params },
    format: 'JSONEachRow',
    abort_signal: signal,
  });
  // The client heeds the signal until the answer begins, and not while it comes.
  const giveUp = () => result.close();
  signal.addEventListener('abort', giveUp);
  try {
    return await result.json();
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function wasConnectionLost(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}
