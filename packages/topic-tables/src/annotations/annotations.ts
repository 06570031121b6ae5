/** What people noted on the time line, on the compacted topic `webhook.annotations`. */
import { type Annotation, annotationValidator } from '@hookpulse/common/events/annotation';
import { ANNOTATIONS_TOPIC } from '@hookpulse/event-log/topics';
import { type TopicTable, type TopicTableDeps, topicTable } from '../topic-table.ts';
import { wholeRows } from '../whole-rows.ts';

export interface Annotations extends Pick<TopicTable<unknown>, 'opened' | 'onChange' | 'close'> {
  /** @throws TableNotReadError */
  get(annotationId: string): Annotation | undefined;
  /** In no order. @throws TableNotReadError */
  list(): readonly Annotation[];
  /** Each resolves when it is durable and seen here. @throws LogUnavailableError */
  put(annotation: Annotation): Promise<void>;
  forget(annotationIds: readonly string[]): Promise<void>;
}

const ANNOTATIONS = wholeRows({
  topic: ANNOTATIONS_TOPIC,
  what: 'annotations',
  validator: annotationValidator,
  keyOf: ({ annotation_id }) => annotation_id,
});

/** Tries again until the log answers. */
export function followAnnotations(deps: TopicTableDeps): Annotations {
  const table = topicTable(ANNOTATIONS, deps);
  return {
    opened: table.opened,
    get: (annotationId) => table.get(annotationId),
    list: () => table.rows(),
    put: (one) => table.write([{ key: one.annotation_id, value: JSON.stringify(one) }]),
    async forget(ids) {
      if (ids.length > 0) await table.write(ids.map((key) => ({ key, value: null })));
    },
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
  };
}
