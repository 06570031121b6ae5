/** `GET /api/admin/reconciliation`: do the hourly rows say what the raw events say? */

import { firstWholeHour } from '@hookpulse/common/events/raw-retention';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM, momentMs } from '@hookpulse/common/values/moment';
import { ReconciliationSchema } from '@hookpulse/common/windows/reconciliation';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { badRequest, ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import Type from 'typebox';
import { wholeHours } from '../domain/whole-hours.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { type ReconcileSpan, reconcile } from '../reconcile.ts';

export interface ReconciliationDeps {
  readonly log: Pick<EventLog, 'ranges'>;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly eventRetentionDays: number;
}

const Time = Type.String({ format: 'date-time', description: MOMENT_FORM });
const Query = Type.Object({
  from: Type.Optional(Time),
  to: Type.Optional(Time),
  bot_id: Type.Optional(BotId),
});

/** Longer than comparing a week takes, so that no raw event of its hours is deleted meanwhile. */
const RETENTION_MARGIN_MS = 600_000;

export function registerReconciliation(app: HttpApp, deps: ReconciliationDeps): void {
  // The store is for health first: whoever asks at the same time waits.
  const reconciling = oneAtATime();

  app.get(
    '/api/admin/reconciliation',
    {
      schema: {
        tags: ['administration'],
        summary:
          'Compares the end of the log, the raw events and the hourly rows, by default over all hours whose raw events are kept',
        querystring: Query,
        response: { 200: ReconciliationSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) => {
      const { from, to, bot_id } = request.query;
      const span = spanOf(from, to, bot_id ?? null, deps);
      return reconciling(() => reconcile(span, deps));
    },
  );
}

/** Whole hours, none of which is past the retention. @throws HttpError 400 when none is left */
function spanOf(
  from: string | undefined,
  to: string | undefined,
  botId: string | null,
  { clock, eventRetentionDays }: ReconciliationDeps,
): ReconcileSpan {
  const nowMs = clock.now();
  const rawEventsSinceMs = firstWholeHour(nowMs, eventRetentionDays, RETENTION_MARGIN_MS);
  const hours = wholeHours(
    from === undefined ? rawEventsSinceMs : momentMs(from),
    to === undefined ? Number.POSITIVE_INFINITY : momentMs(to),
    nowMs,
  );
  if (!hours) throw badRequest('from must be before to, and not in the future.');
  const fromMs = Math.max(hours.fromMs, rawEventsSinceMs);
  if (fromMs >= hours.toMs) {
    const since = iso(rawEventsSinceMs);
    throw badRequest(
      `The raw events of these hours are past the retention; they are kept since ${since}.`,
    );
  }
  return { fromMs, toMs: hours.toMs, rawEventsSinceMs, botId };
}
