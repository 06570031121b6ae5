/** Saved views of the dashboard, on the compacted topic `webhook.saved-views`. */
import { type SavedView, savedViewValidator } from '@hookpulse/common/bots/saved-view';
import { SAVED_VIEWS_TOPIC } from '@hookpulse/event-log/topics';
import { type TopicTable, type TopicTableDeps, topicTable } from '../topic-table.ts';
import { wholeRows } from '../whole-rows.ts';

export interface SavedViews extends Pick<TopicTable<unknown>, 'opened' | 'close'> {
  /** Of all owners, in no order. @throws TableNotReadError */
  list(): readonly SavedView[];
  /** Each resolves when it is durable and seen here. @throws LogUnavailableError */
  put(view: SavedView): Promise<void>;
  forget(viewIds: readonly string[]): Promise<void>;
}

const SAVED_VIEWS = wholeRows({
  topic: SAVED_VIEWS_TOPIC,
  what: 'saved views',
  validator: savedViewValidator,
  keyOf: ({ view_id }) => view_id,
});

/** Tries again until the log answers. */
export function followSavedViews(deps: TopicTableDeps): SavedViews {
  const table = topicTable(SAVED_VIEWS, deps);
  return {
    opened: table.opened,
    list: () => table.rows(),
    put: (view) => table.write([{ key: view.view_id, value: JSON.stringify(view) }]),
    async forget(ids) {
      if (ids.length > 0) await table.write(ids.map((key) => ({ key, value: null })));
    },
    close: () => table.close(),
  };
}
