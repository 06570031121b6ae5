/** Status pages, on the compacted topic `webhook.status-pages`. */
import { type StatusPage, statusPageValidator } from '@hookpulse/common/bots/status-page';
import { STATUS_PAGES_TOPIC } from '@hookpulse/event-log/topics';
import { type TopicTable, type TopicTableDeps, topicTable } from '../topic-table.ts';
import { wholeRows } from '../whole-rows.ts';

export interface StatusPages extends Pick<TopicTable<unknown>, 'opened' | 'close'> {
  /** @throws TableNotReadError */
  get(name: string): StatusPage | undefined;
  /** In no order. @throws TableNotReadError */
  list(): readonly StatusPage[];
  /** Each resolves when it is durable and seen here. @throws LogUnavailableError */
  put(page: StatusPage): Promise<void>;
  forget(name: string): Promise<void>;
}

const STATUS_PAGES = wholeRows({
  topic: STATUS_PAGES_TOPIC,
  what: 'status pages',
  validator: statusPageValidator,
  keyOf: ({ name }) => name,
});

/** Tries again until the log answers. */
export function followStatusPages(deps: TopicTableDeps): StatusPages {
  const table = topicTable(STATUS_PAGES, deps);
  return {
    opened: table.opened,
    get: (name) => table.get(name),
    list: () => table.rows(),
    put: (page) => table.write([{ key: page.name, value: JSON.stringify(page) }]),
    forget: (name) => table.write([{ key: name, value: null }]),
    close: () => table.close(),
  };
}
