/** What happened on the time line, such as deployments, on the compacted topic `webhook.annotations`. */
import {
  type Annotation,
  annotationValidator,
  mergedRestart,
} from '@hookpulse/common/events/annotation';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { ANNOTATIONS_TOPIC } from '@hookpulse/event-log/topics';
import { type TopicTable, type TopicTableDeps, topicTable } from '../topic-table.ts';
import { wholeRows } from '../whole-rows.ts';

export interface Annotations extends Pick<TopicTable<unknown>, 'opened' | 'onChange' | 'close'> {
  /** @throws TableNotReadError */
  get(annotationId: string): Annotation | undefined;
  /** In no order. @throws TableNotReadError */
  list(): readonly Annotation[];
  /**
   * Resolves with its annotation when that is durable and seen here: of a restart it may be the
   * annotation of earlier ones.
   * @throws LogUnavailableError
   */
  note(annotation: Annotation): Promise<Annotation>;
  /** Resolves when it is durable and seen here. @throws LogUnavailableError */
  forget(annotationIds: readonly string[]): Promise<void>;
  /** Forgets what is past `ANNOTATIONS_KEPT_MS`. @throws LogUnavailableError */
  forgetOld(nowMs: number): Promise<void>;
}

/** As long as changes are kept. */
export const ANNOTATIONS_KEPT_MS = 90 * DAY_MS;

const ANNOTATIONS = wholeRows({
  topic: ANNOTATIONS_TOPIC,
  what: 'annotations',
  validator: annotationValidator,
  keyOf: ({ annotation_id }) => annotation_id,
});

/** Tries again until the log answers. */
export function followAnnotations(deps: TopicTableDeps): Annotations {
  const table = topicTable(ANNOTATIONS, deps);
  const forget = async (ids: readonly string[]) => {
    if (ids.length > 0) await table.write(ids.map((key) => ({ key, value: null })));
  };
  return {
    opened: table.opened,
    get: (annotationId) => table.get(annotationId),
    list: () => table.rows(),
    async note(annotation) {
      const noted =
        annotation.kind === 'restart' ? mergedRestart(table.rows(), annotation) : annotation;
      await table.write([{ key: noted.annotation_id, value: JSON.stringify(noted) }]);
      return noted;
    },
    forget,
    forgetOld(nowMs) {
      const beforeMs = nowMs - ANNOTATIONS_KEPT_MS;
      const old = table.rows().filter(({ at, last_at = at }) => Date.parse(last_at) < beforeMs);
      return forget(old.map(({ annotation_id }) => annotation_id));
    },
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
  };
}
