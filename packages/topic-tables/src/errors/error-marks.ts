/** Groups of errors that people resolved or ignore, on the compacted topic `webhook.error-marks`. */
import { type ErrorMark, errorMarkValidator } from '@hookpulse/common/events/error-state';
import { ERROR_MARKS_TOPIC } from '@hookpulse/event-log/topics';
import { type TopicTable, type TopicTableDeps, topicTable } from '../topic-table.ts';
import { wholeRows } from '../whole-rows.ts';

export interface ErrorMarks extends Pick<TopicTable<unknown>, 'opened' | 'onChange' | 'close'> {
  /** By fingerprint. @throws TableNotReadError */
  get(fingerprint: string): ErrorMark | undefined;
  /** Resolves when it is durable and seen here. @throws LogUnavailableError */
  put(mark: ErrorMark): Promise<void>;
  /** Takes back what was said of a group. @throws LogUnavailableError */
  forget(fingerprint: string): Promise<void>;
}

const ERROR_MARKS = wholeRows({
  topic: ERROR_MARKS_TOPIC,
  what: 'states of errors',
  validator: errorMarkValidator,
  keyOf: ({ fingerprint }) => fingerprint,
});

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
