/** Follows a rebuild until every partition has answered. */
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { type RebuildStatus, RebuildStatusSchema } from '@hookpulse/common/windows/rebuild';
import type { QueryApi } from '../api/query-api.ts';

const POLL_INTERVAL_MS = 200;

/** `silent`: no new answer within the timeout; the status is the last one. */
export interface FollowedRebuild {
  readonly kind: 'ended' | 'silent';
  readonly status: RebuildStatus;
}

/** @param patienceMs - how long nothing new may be heard  @throws CommandError */
export async function followRebuild(
  api: QueryApi,
  rebuildId: string,
  patienceMs: number,
): Promise<FollowedRebuild> {
  let status = await read();
  let news = newsOf(status);
  let heardMs = performance.now();
  let shown = 0;
  const progress = createProgress('partitions', status.partitions, { rate: false });
  while (status.status === 'running') {
    if (performance.now() - heardMs > patienceMs) {
      progress.finish();
      return { kind: 'silent', status };
    }
    await delay(POLL_INTERVAL_MS);
    status = await read();
    const reached = status.progress * status.partitions;
    progress.advance(reached - shown);
    shown = reached;
    if (newsOf(status) === news) continue;
    news = newsOf(status);
    heardMs = performance.now();
  }
  progress.finish();
  return { kind: 'ended', status };

  function read(): Promise<RebuildStatus> {
    return api.get(`/api/admin/rebuilds/${rebuildId}`, RebuildStatusSchema);
  }
}

function newsOf(status: RebuildStatus): string {
  return `${status.last_answer_at} ${status.progress} ${status.partitions_done}`;
}
