/** How everybody writes to the store: with the columns of the table's definition, named. */
import type { Static, TObject, TProperties } from 'typebox';
import type { ClickHouseClient } from './open-client.ts';
import type { Insertable } from './tables/table.ts';

/** Something to be inserted lacks a column: it would be stored as if nothing were known. */
export class IncompleteRowError extends TypeError {
  constructor(table: string, column: string) {
    super(`a row for ${table} has no ${column}`);
  }
}

/**
 * Rows travel as lists, without the names of columns: the store reads them about a third faster. What
 * values are is checked by the compiler alone, since this is done for every event.
 * @throws IncompleteRowError; what the engine or the network said
 */
export async function insertRows<Columns extends TProperties>(
  client: ClickHouseClient,
  { name, columnNames }: Insertable<Columns>,
  rows: readonly Readonly<Static<TObject<Columns>>>[],
): Promise<void> {
  const [column, ...columns] = columnNames;
  if (column === undefined || rows.length === 0) return;
  await client.insert({
    table: name,
    columns: [column, ...columns],
    values: rows.map((row) => valuesOf(row)),
    format: 'JSONCompactEachRow',
  });

  function valuesOf(row: Readonly<Record<string, unknown>>): unknown[] {
    return columnNames.map((one) => {
      const value = row[one];
      if (value === undefined) throw new IncompleteRowError(name, one);
      return value;
    });
  }
}
