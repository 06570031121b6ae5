/** Groups of errors that people resolved or ignore, on the compacted topic `webhook.error-marks`. */
import { type ErrorMark, errorMarkValidator } from '@hookpulse/common/events/error-state';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { ERROR_MARKS_TOPIC } from '@hookpulse/event-log/topics';
import {
  type RowChange,
  type TopicTable,
  type TopicTableDefinition,
  type TopicTableDeps,
  topicTable,
} from '../topic-table.ts';

export interface ErrorMarks extends Pick<TopicTable<unknown>, 'opened' | 'onChange' | 'close'> {
  /** By fingerprint. @throws TableNotReadError */
  get(fingerprint: string): ErrorMark | undefined;
  /** Resolves when it is durable and seen here. @throws LogUnavailableError */
  put(mark: ErrorMark): Promise<void>;
  /** Takes back what was said of a group. @throws LogUnavailableError */
  forget(fingerprint: string): Promise<void>;
}

const ERROR_MARKS: TopicTableDefinition<ErrorMark, ErrorMark | null> = {
  topic: ERROR_MARKS_TOPIC,
  what: 'states of errors',
  parse: parseErrorMark,
  evolve: (_, mark) => mark ?? undefined,
};

/** Tries again until the log answers. */
export function followErrorMarks(deps: TopicTableDeps): ErrorMarks {
  const table = topicTable(ERROR_MARKS, deps);
  return {
    opened: table.opened,
    get: (fingerprint) => table.get(fingerprint),
    put: (mark) => table.write([{ key: mark.fingerprint, value: JSON.stringify(mark) }]),
    forget: (fingerprint) => table.write([{ key: fingerprint, value: null }]),
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
  };
}

function parseErrorMark({ key, value }: LogMessage): RowChange<ErrorMark | null> | null {
  if (key === null) return null;
  if (value === null) return { key, change: null };
  const mark = parseAs(value, errorMarkValidator);
  return mark?.fingerprint === key ? { key, change: mark } : null;
}
