/** One definition of a stored table: from it follow the type of its rows, what is inserted and what is read. */

import { namesOf } from '@hookpulse/common/values/records';
import Type, { type Static, type TProperties, type TSchema } from 'typebox';

/** What a query reads of a row otherwise than it was written. */
export interface Reading<Schema extends TSchema = TSchema> {
  /** An expression of columns. */
  readonly sql: string;
  /** What comes. */
  readonly schema: Schema;
}

type Readings = Readonly<Record<string, Reading>>;

type Selected<Columns extends TProperties, Reads extends Readings, Name extends string> = {
  [One in Name]: One extends keyof Reads
    ? Reads[One]['schema']
    : One extends keyof Columns
      ? Columns[One]
      : never;
};

/** What has to be known of a table to insert rows. */
export interface Insertable<Columns extends TProperties = TProperties> {
  readonly name: string;
  /** By name. */
  readonly columns: Columns;
  readonly columnNames: readonly (keyof Columns & string)[];
}

export interface Table<Columns extends TProperties, Reads extends Readings>
  extends Insertable<Columns> {
  readonly readings: Reads;
  /** The list of a `SELECT`, and what comes of it: readings by their names, other columns as they are. */
  select<Name extends (keyof Columns | keyof Reads) & string>(
    ...names: readonly Name[]
  ): { readonly sql: string; readonly fields: Selected<Columns, Reads, Name> };
}

/** A row as it is inserted. */
export type RowOf<Of extends Pick<Insertable, 'columns'>> = Readonly<
  Static<Type.TObject<Of['columns']>>
>;

/** @param readings - by the name under which they are selected; one of a column's own name hides it */
export function defineTable<Columns extends TProperties, Reads extends Readings>(
  name: string,
  columns: Columns,
  readings: Reads,
): Table<Columns, Reads> {
  return {
    name,
    columns,
    columnNames: namesOf(columns),
    readings,
    select<Name extends (keyof Columns | keyof Reads) & string>(...names: readonly Name[]) {
      const list = names.map((one) => (one in readings ? `${readings[one]?.sql} AS ${one}` : one));
      const fields = names.map((one) => [one, readings[one]?.schema ?? columns[one]]);
      return {
        sql: list.join(', '),
        fields: Object.fromEntries(fields) as Selected<Columns, Reads, Name>,
      };
    },
  };
}

/** Milliseconds since the epoch: as times are read. */
export const TimeMs = Type.Integer();
/** ISO 8601: as times are written. ClickHouse answers in another form. */
export const TimeText = Type.String();
/** A 64-bit number in decimal digits: JSON's numbers are not exact that far. */
export const BigText = Type.String();
/** Milliseconds, summed. */
export const DurationSum = Type.Number({ minimum: 0 });

/** A column of times. */
export function milliseconds(column: string): Reading<typeof TimeMs> {
  return { sql: `toUnixTimestamp64Milli(${column})`, schema: TimeMs };
}

/** A column of 64-bit numbers, exact. */
export function digits(column: string): Reading<typeof BigText> {
  return { sql: `toString(${column})`, schema: BigText };
}
