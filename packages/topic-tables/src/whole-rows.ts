/** Tables of topics whose messages are whole rows: JSON under the key of the row, and a tombstone when it ends. */
import { parseAs } from '@hookpulse/event-log/json-value';
import type { Static, TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';
import type { TopicTableDefinition } from './topic-table.ts';

export interface WholeRows<Schema extends TSchema>
  extends Pick<TopicTableDefinition<never, never>, 'topic' | 'what'> {
  readonly validator: Validator<Record<never, never>, Schema>;
  /** The key that the row itself names; a message under another key is skipped. Default: not checked. */
  readonly keyOf?: (row: Static<Schema>) => string;
}

export function wholeRows<Schema extends TSchema>({
  topic,
  what,
  validator,
  keyOf,
}: WholeRows<Schema>): TopicTableDefinition<Static<Schema>, Static<Schema> | null> {
  return {
    topic,
    what,
    parse({ key, value }) {
      if (key === null) return null;
      if (value === null) return { key, change: null };
      const row = parseAs(value, validator);
      if (row === null || (keyOf && keyOf(row) !== key)) return null;
      return { key, change: row };
    },
    evolve: (_, row) => row ?? undefined,
  };
}
