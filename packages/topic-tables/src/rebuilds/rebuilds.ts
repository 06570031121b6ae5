/** All requests to rebuild and what was answered to them, on the compacted topic `webhook.rebuilds`. */

import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import { REBUILDS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTopicTable,
  type TopicTable,
  type TopicTableDefinition,
  type TopicTableDeps,
  topicTable,
} from '../topic-table.ts';
import { parseRebuildMessage, type RebuildChange, rebuildKeys } from './rebuild-message.ts';

export interface PostedRebuild {
  readonly request: RebuildRequest;
  /** The newest answer of each partition that gave one. */
  readonly answers: readonly RebuildAnswer[];
}

export interface Rebuilds
  extends Pick<TopicTable<unknown>, 'opened' | 'assertRead' | 'onChange' | 'close'> {
  /** @throws TableNotReadError */
  get(rebuildId: string): PostedRebuild | undefined;
  /** In the order in which they were asked for. @throws TableNotReadError */
  list(): readonly PostedRebuild[];
  /**
   * Asks all owners of partitions. Resolves when the request is durable and seen here.
   * @throws LogUnavailableError
   */
  post(request: RebuildRequest): Promise<void>;
  /** Lets everybody forget a request. @throws LogUnavailableError */
  forget(request: RebuildRequest): Promise<void>;
}

/** Compaction may leave answers ahead of their request, where that is on the log twice. */
type RebuildRow =
  | PostedRebuild
  | { readonly request: null; readonly answers: readonly RebuildAnswer[] };

const REBUILDS: TopicTableDefinition<RebuildRow, RebuildChange> = {
  topic: REBUILDS_TOPIC,
  what: 'requests to rebuild',
  parse: parseRebuildMessage,
  evolve: evolveRebuild,
};

/** Tries again until the log answers. */
export function followRebuilds(deps: TopicTableDeps): Rebuilds {
  return rebuildsOf(topicTable(REBUILDS, deps));
}

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openRebuilds(deps: TopicTableDeps): Promise<Rebuilds> {
  return rebuildsOf(await openTopicTable(REBUILDS, deps));
}

function rebuildsOf(table: TopicTable<RebuildRow>): Rebuilds {
  return {
    opened: table.opened,
    assertRead: () => table.assertRead(),
    get(rebuildId) {
      const row = table.get(rebuildId);
      return isPosted(row) ? row : undefined;
    },
    list: () => table.rows().filter(isPosted),
    post: (request) => table.write([{ key: request.rebuild_id, value: JSON.stringify(request) }]),
    forget: (request) => table.write(rebuildKeys(request).map((key) => ({ key, value: null }))),
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
  };
}

function isPosted(row: RebuildRow | undefined): row is PostedRebuild {
  return row !== undefined && row.request !== null;
}

function evolveRebuild(
  row: RebuildRow = { request: null, answers: [] },
  change: RebuildChange,
): RebuildRow | undefined {
  switch (change.kind) {
    case 'request':
      return { request: change.request, answers: row.answers };
    case 'answer':
      return { ...row, answers: withAnswer(row.answers, change.answer) };
    case 'forget':
      return undefined;
    default:
      return change satisfies never;
  }
}

function withAnswer(
  answers: readonly RebuildAnswer[],
  answer: RebuildAnswer,
): readonly RebuildAnswer[] {
  const index = answers.findIndex(({ partition }) => partition === answer.partition);
  return index === -1 ? [...answers, answer] : answers.with(index, answer);
}
