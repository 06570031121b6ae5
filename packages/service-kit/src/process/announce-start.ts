/** Notes on the time line that a process has started, so that charts show it beside what changed then. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import { retryUnlessAborted } from '@hookpulse/common/runtime/retry';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { LogRefusedError } from '@hookpulse/event-log/event-log';
import { followAnnotations } from '@hookpulse/topic-tables/annotations/annotations';
import type { TopicTableDeps } from '@hookpulse/topic-tables/topic-table';
import type { Closable } from './lifecycle.ts';

export interface AnnounceStartDeps extends Pick<TopicTableDeps, 'log' | 'logger'> {
  /** Of the process, as operators know it. */
  readonly name: string;
  readonly clock: Clock;
}

const RETRY_PAUSE_MS = 2_000;

/** Goes on in the background until the log has it or refuses it, or it is closed. Nothing waits for it. */
export function announceStart({ name, log, logger, clock }: AnnounceStartDeps): Closable {
  const closing = new AbortController();
  const { signal } = closing;
  const nowMs = clock.now();
  const at = iso(nowMs);
  const start = {
    // Workers and replicas that start together do not see each other yet, and are one all the same.
    annotation_id: `started-${name}-${Math.floor(nowMs / MINUTE_MS)}`,
    kind: 'restart',
    bot_id: null,
    text: `${name} started`,
    at,
    created_by: 'Hookpulse',
    created_at: at,
  } as const;
  const annotations = followAnnotations({ log, logger });
  const announced = announce();
  return {
    async close() {
      closing.abort();
      await annotations.close();
      await announced;
    },
  };

  async function announce(): Promise<void> {
    if (!(await annotations.opened)) return;
    const wait = createWaitLog(logger, 'the start cannot be noted; retrying');
    await retryUnlessAborted(() => untilAborted(annotations.note(start), signal), {
      signal,
      pauseMs: RETRY_PAUSE_MS,
      onFailure(error) {
        if (!(error instanceof LogRefusedError)) return wait.failed(error);
        // A user that may not write this topic would ask for good.
        logger.warn({ err: error }, 'the start cannot be noted');
        closing.abort();
      },
    });
    await annotations.close();
  }
}
