/** How everybody reads the store: bound parameters only, a bounded wait, and checked rows. */

import { errorCode } from '@hookpulse/common/values/error-code';
import { describeProblems } from '@hookpulse/common/values/schema-problems';
import Type, { type Static, type TProperties } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import type { ClickHouseClient } from './open-client.ts';
import { toStoreError } from './store-errors.ts';

/** What each row of a query has to be: made once, since its check is compiled. */
export interface RowShape<Fields extends TProperties = TProperties> {
  /** Names the query where one of its rows is wrong. */
  readonly query: string;
  readonly row: Type.TObject<Fields>;
  readonly validator: Validator<Record<never, never>, Type.TObject<Fields>>;
}

/** @param query - what is asked for, in words */
export function rowShape<Fields extends TProperties>(
  query: string,
  fields: Fields,
): RowShape<Fields> {
  const row = Type.Object(fields);
  return { query, row, validator: Compile(row) };
}

export type RowOfShape<Shape extends RowShape> = Static<Shape['row']>;

export interface Question<Fields extends TProperties> {
  readonly sql: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly shape: RowShape<Fields>;
}

export interface Selection<Fields extends TProperties> extends Question<Fields> {
  /** Longest wait; default 5 s. */
  readonly timeoutMs?: number;
}

/** Health is asked for by people and monitors that give up after about as long. */
const ANSWER_TIMEOUT_MS = 5_000;
/** For what operators ask for now and then and wait for, and for what nobody waits for. */
export const LONG_ANSWER_TIMEOUT_MS = 30_000;

/** A row is not what its query promises: a fault of ours, or a table that somebody has changed. */
export class WrongRowError extends TypeError {
  readonly query: string;
  /** The field of the row; empty: the row is no object. */
  readonly column: string;

  constructor(query: string, column: string, problem: string) {
    super(`the store answers the query for ${query} with a wrong row: ${problem}`);
    this.query = query;
    this.column = column;
  }
}

/**
 * Asks with patience: once more when the connection was lost.
 * @throws StoreError, WrongRowError
 */
export async function selectRows<Fields extends TProperties>(
  client: ClickHouseClient,
  { timeoutMs = ANSWER_TIMEOUT_MS, ...question }: Selection<Fields>,
): Promise<Static<Type.TObject<Fields>>[]> {
  const signal = AbortSignal.timeout(timeoutMs);
  const tryOnce = () => queryRows(client, question, signal);
  try {
    return await tryOnce().catch((error: unknown) => {
      if (!wasConnectionLost(error)) throw error;
      // As a rule one that had been idle, and was closed by the server or something in between.
      return tryOnce();
    });
  } catch (error) {
    throw error instanceof WrongRowError ? error : toStoreError(error);
  }
}

/**
 * Asks once.
 * @param signal - when the answer is not waited for any more; default: as the client waits
 * @throws what the engine or the network said, WrongRowError
 */
export async function queryRows<Fields extends TProperties>(
  client: ClickHouseClient,
  { sql, params = {}, shape }: Question<Fields>,
  signal?: AbortSignal,
): Promise<Static<Type.TObject<Fields>>[]> {
  const result = await client.query({
    query: sql,
    query_params: { ...params },
    format: 'JSONEachRow',
    ...(signal ? { abort_signal: signal } : {}),
  });
  // The client heeds the signal until the answer begins, and not while it comes.
  const giveUp = () => result.close();
  signal?.addEventListener('abort', giveUp);
  try {
    const rows: unknown[] = await result.json();
    return rows.map((row) => checked(row, shape));
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

function checked<Fields extends TProperties>(
  value: unknown,
  { query, row, validator }: RowShape<Fields>,
): Static<Type.TObject<Fields>> {
  if (validator.Check(value)) return value;
  const [problem] = describeProblems(row, validator.Errors(value));
  throw new WrongRowError(query, problem?.field ?? '', problem?.message ?? 'it is no row');
}

function wasConnectionLost(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}
