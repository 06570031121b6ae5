/** Asks for a reconciliation day by day: each answer comes soon, and there is progress to show. */

import { createProgress } from '@hookpulse/common/runtime/progress';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import {
  type Reconciliation,
  ReconciliationSchema,
} from '@hookpulse/common/windows/reconciliation';
import type { QueryApi } from '../api/query-api.ts';
import { mergeReconciliations } from './merge.ts';

export interface ReconcileRequest {
  /** Milliseconds since the epoch; null: as far back as raw events are kept. */
  readonly fromMs: number | null;
  readonly toMs: number;
  readonly botId: string | null;
}

/** From the newest day back, because the first answer tells how far back there is to go. */
export async function collectReconciliation(
  api: QueryApi,
  request: ReconcileRequest,
): Promise<Reconciliation> {
  const newest = await ask(api, request, dayBefore(request.toMs, request.fromMs), request.toMs);
  const endMs = Math.max(request.fromMs ?? 0, Date.parse(newest.raw_events_since));
  const parts = [newest];
  const days = Math.ceil((Date.parse(newest.from) - endMs) / DAY_MS);
  const progress = createProgress('days', days + 1, { rate: false });
  progress.advance(1);
  for (let toMs = Date.parse(newest.from); toMs > endMs; ) {
    const fromMs = dayBefore(toMs, endMs);
    parts.push(await ask(api, request, fromMs, toMs));
    progress.advance(1);
    toMs = fromMs;
  }
  if (days > 0) progress.finish();
  return mergeReconciliations(parts);
}

function ask(api: QueryApi, { botId }: ReconcileRequest, fromMs: number, toMs: number) {
  return api.get('/api/admin/reconciliation', ReconciliationSchema, {
    from: iso(fromMs),
    to: iso(toMs),
    ...(botId === null ? {} : { bot_id: botId }),
  });
}

/** The last midnight before a moment, by which the store keeps raw events; not before a limit. */
function dayBefore(momentMs: number, limitMs: number | null): number {
  return Math.max((Math.ceil(momentMs / DAY_MS) - 1) * DAY_MS, limitMs ?? 0);
}
