/** Reads columns of SQLite rows as what the schema says they are. */
import type { SQLOutputValue } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

export function numberColumn(row: Row, column: string): number {
  return numberOf(row[column], column);
}

export function textColumn(row: Row, column: string): string {
  return textOf(row[column], column);
}

/** Columns in order, of a statement that returns arrays (`setReturnArrays`), which Node's types do not tell. */
export function cellsOf(row: unknown): readonly unknown[] {
  if (!Array.isArray(row)) throw new TypeError('The row is not an array');
  return row;
}

/** @param column - named when the value is none, as in all of these */
export function numberOf(value: unknown, column: string): number {
  if (typeof value !== 'number') throw new TypeError(`Column ${column} is not a number`);
  return value;
}

export function textOf(value: unknown, column: string): string {
  if (typeof value !== 'string') throw new TypeError(`Column ${column} is not text`);
  return value;
}

export function textOrNullOf(value: unknown, column: string): string | null {
  return value === null ? null : textOf(value, column);
}

export function blobOrNullOf(value: unknown, column: string): Uint8Array | null {
  if (value === null) return null;
  if (!(value instanceof Uint8Array)) throw new TypeError(`Column ${column} is not a blob`);
  return value;
}
