/**
 * A copy of the embedded store, made while it is used, and a store that is filled from one.
 *
 * `ALTER TABLE … FREEZE` links the files of a table as they are at one moment
 * (https://clickhouse.com/docs/sql-reference/statements/alter/partition#freeze-partition). What is
 * written meanwhile is in other files, so the copying itself takes no moment of anybody's.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { Count } from '@hookpulse/common/values/count';
import Type from 'typebox';
import { type ClickHouseClient, embeddedFolder } from './open-client.ts';
import { queryRows, type RowOfShape, rowShape } from './select-rows.ts';
import { POSITIONS } from './tables/positions.ts';

/** `folder`: where its parts are; null: it has none of its own, as a view. `statement`: what makes it. */
const tableShape = rowShape('the tables to copy', {
  name: Type.String(),
  folder: Nullable(Type.String()),
  rows: Count,
  statement: Type.String(),
});
type Table = RowOfShape<typeof tableShape>;

const STATEMENT_FILE = 'table.sql';
const PARTS_FOLDER = 'parts';

/**
 * Copies every table into a folder of its own.
 * @param to - folder that is made here; it must not be there
 * @param name - of the frozen files while they are copied: unique, letters and digits alone, as
 *   ClickHouse encodes all else in names of folders
 */
export async function copyStore(
  client: ClickHouseClient,
  { dataDir, to, name }: { dataDir: string; to: string; name: string },
): Promise<void> {
  const tables = await ownTables(client);
  const chdb = embeddedFolder(dataDir);
  const frozen = join(chdb, 'shadow', name);
  try {
    for (const table of inOrderOfFreezing(tables)) {
      await client.command({ query: `ALTER TABLE ${table.name} FREEZE WITH NAME '${name}'` });
    }
    await mkdir(to);
    for (const { name: table, statement, folder, rows } of tables) {
      await mkdir(join(to, table));
      await writeFile(join(to, table, STATEMENT_FILE), statement);
      if (folder === null) continue;
      const parts = join(frozen, relative(chdb, folder));
      if (rows === 0 && !existsSync(parts)) continue;
      await cp(parts, join(to, table, PARTS_FOLDER), { recursive: true });
    }
  } finally {
    await rm(frozen, { recursive: true, force: true });
  }
}

/** Fills an empty store with what `copyStore` has copied. */
export async function restoreStore(client: ClickHouseClient, from: string): Promise<void> {
  const names = await readdir(from);
  const statements = await Promise.all(
    names.map(async (name) => ({
      name,
      statement: await readFile(join(from, name, STATEMENT_FILE), 'utf8'),
    })),
  );
  // A view needs the tables that it reads and fills.
  const views = statements.filter(({ statement }) => isView(statement));
  const tables = statements.filter(({ statement }) => !isView(statement));
  for (const { statement } of [...tables, ...views]) await client.command({ query: statement });
  for (const table of await ownTables(client)) {
    await attachParts(client, table, join(from, table.name, PARTS_FOLDER));
  }
}

async function attachParts(client: ClickHouseClient, table: Table, from: string): Promise<void> {
  if (table.folder === null || !existsSync(from)) return;
  for (const part of await readdir(from)) {
    await cp(join(from, part), join(table.folder, 'detached', part), { recursive: true });
    await client.command({ query: `ALTER TABLE ${table.name} ATTACH PART '${part}'` });
  }
}

/**
 * The position first: a flush between two tables stores it last, and it must not say that something is
 * stored which is not in the copy. What is in the copy beyond it is counted once (docs/decisions, 2).
 */
function inOrderOfFreezing(tables: readonly Table[]): Table[] {
  const isPosition = ({ name }: Table) => name === POSITIONS.name;
  const stored = tables.filter(({ folder }) => folder !== null);
  return [...stored.filter(isPosition), ...stored.filter((table) => !isPosition(table))];
}

function ownTables(client: ClickHouseClient): Promise<Table[]> {
  return queryRows(client, {
    sql: `SELECT name, create_table_query AS statement, ifNull(total_rows, 0) AS rows,
        if(endsWith(engine, 'MergeTree'), data_paths[1], NULL) AS folder
      FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
    shape: tableShape,
  });
}

function isView(statement: string): boolean {
  return /^CREATE MATERIALIZED VIEW/.test(statement);
}
