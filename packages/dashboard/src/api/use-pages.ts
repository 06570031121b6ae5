/** A list that is read page by page: the newest page by itself every so often, older ones on demand. */
import { useRef, useState } from 'preact/hooks';
import { askApi } from './client.ts';
import { joinPages, withoutRepeats } from './join-pages.ts';
import { useResource, type WatchedResource } from './resources.ts';
import { useTask, type Write } from './use-write.ts';

export interface PagedList<Answer, Item> {
  /** @param cursor - empty: of the first page */
  readonly pathOf: (cursor: string) => string;
  readonly itemsOf: (answer: Answer) => readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly refreshMs: number;
  /**
   * Stays the same as long as it is the same list, of which older pages stay: such as "the last
   * day", whose beginning in the path moves with the clock. Default: the path of the first page.
   */
  readonly identity?: string;
}

export interface Pages<Item> {
  /** Null: nothing has been answered yet. */
  readonly items: readonly Item[] | null;
  /** Of the first page. */
  readonly resource: WatchedResource<unknown>;
  readonly hasOlder: boolean;
  /** Whether older ones are being read, and what came of it. */
  readonly reading: Pick<Write, 'isBusy' | 'error'>;
  readonly readOlder: () => void;
}

interface Known<Item> {
  /** Of the list that it belongs to. */
  readonly identity: string;
  readonly items: readonly Item[];
  /** Of the page after the last that was read. */
  readonly cursor: string | null;
}

export function usePages<Answer extends { readonly next_cursor: string | null }, Item>(
  list: PagedList<Answer, Item>,
): Pages<Item> {
  const { pathOf, itemsOf, keyOf, refreshMs } = list;
  const path = pathOf('');
  const { identity = path } = list;
  const resource = useResource<Answer>(path, { refreshMs });
  const reading = useTask();
  const known = useRef<Known<Item> | null>(null);
  const [, setReadCount] = useState(0);

  const { data, isPrevious } = resource;
  if (data && !isPrevious) known.current = joined(data, known.current);
  const cursor = known.current?.cursor ?? null;

  async function readOlder(): Promise<void> {
    if (cursor === null) return;
    const answer = await askApi<Answer>(pathOf(cursor));
    const { current } = known;
    // Somebody has gone on to another list meanwhile.
    if (current?.identity !== identity) return;
    const items = withoutRepeats([...current.items, ...itemsOf(answer)], keyOf);
    known.current = { identity, items, cursor: answer.next_cursor };
    setReadCount((count) => count + 1);
  }

  return {
    items: known.current?.items ?? null,
    resource,
    hasOlder: cursor !== null,
    reading,
    readOlder: () => void reading.run(readOlder),
  };

  function joined(answer: Answer, before: Known<Item> | null): Known<Item> {
    const newest = itemsOf(answer);
    const items = before?.identity === identity ? joinPages(newest, before.items, keyOf) : newest;
    const hasOlderPages = before !== null && items.length > newest.length;
    return { identity, items, cursor: hasOlderPages ? before.cursor : answer.next_cursor };
  }
}
