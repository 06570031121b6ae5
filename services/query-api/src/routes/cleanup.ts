/** `POST /api/admin/cleanup`: deletes at once what is past the retention, or past a shorter one. */

import { CleanupSchema } from '@hookpulse/common/bots/cleanup';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import Type from 'typebox';
import { oneAtATime } from '../one-at-a-time.ts';
import { countOld, deleteOld } from '../retention/clean-up.ts';
import { optionalBody } from './optional-body.ts';

export interface CleanupDeps {
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly eventRetentionDays: number;
  /** Null: hourly rows are kept. */
  readonly metricsRetentionDays: number | null;
}

/** Ten years, as the retention itself. */
const MAX_DAYS = 3_650;

const Body = Type.Object(
  {
    days: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_DAYS,
        description: `a number of days from 1 to ${MAX_DAYS}: older raw events are deleted; default: WEBHOOK_EVENT_RETENTION_DAYS`,
      }),
    ),
    dry_run: Type.Optional(
      Type.Boolean({ description: 'true or false; true: only report what would be deleted' }),
    ),
  },
  { additionalProperties: false, examples: [{ days: 3, dry_run: true }] },
);

export function registerCleanup(app: HttpApp, deps: CleanupDeps): void {
  const { clickhouse, clock, eventRetentionDays, metricsRetentionDays } = deps;
  const cleaning = oneAtATime();

  app.post(
    '/api/admin/cleanup',
    {
      ...optionalBody,
      config: { ...optionalBody.config, access: 'admin' },
      schema: {
        tags: ['administration'],
        summary: 'Deletes raw events and hourly rows past their retention now',
        description:
          'The store also does this by itself, some time after rows pass their retention. Hourly rows are deleted only if `WEBHOOK_METRICS_RETENTION_DAYS` is set; `days` does not affect them.',
        body: Body,
        response: { 200: CleanupSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) =>
      cleaning(async () => {
        const nowMs = clock.now();
        const { dry_run: isDryRun = false, days = eventRetentionDays } = request.body;
        request.done = { days, dry_run: isDryRun };
        const bounds = {
          rawEventsMs: nowMs - days * DAY_MS,
          hourlyRowsMs:
            metricsRetentionDays === null ? null : nowMs - metricsRetentionDays * DAY_MS,
        };
        const old = await countOld(clickhouse, bounds);
        if (!isDryRun) await deleteOld(clickhouse, bounds);
        return {
          dry_run: isDryRun,
          raw_events_before: iso(bounds.rawEventsMs),
          raw_events: old.rawEvents,
          hourly_rows_before: bounds.hourlyRowsMs === null ? null : iso(bounds.hourlyRowsMs),
          hourly_rows: old.hourlyRows,
        };
      }),
  );
}
