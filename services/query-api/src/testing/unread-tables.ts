/** For tables of topics that cannot be read yet. */

import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import type { TopicTableDeps } from '@hookpulse/topic-tables/topic-table';

/** Of a log that answers nothing. */
export const UNREAD: TopicTableDeps = {
  log: {
    follow: () => new Promise(() => undefined),
    publish: () => Promise.reject(new LogUnavailableError('away')),
  },
  logger: silentLogger,
};
