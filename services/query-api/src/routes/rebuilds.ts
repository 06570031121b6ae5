/** `/api/admin/rebuilds`: counting hours anew from raw events, by the owners of the log's partitions. */

import { randomUUID } from 'node:crypto';
import { firstWholeHour } from '@hookpulse/common/events/raw-retention';
import { BotId } from '@hookpulse/common/events/webhook-event';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM, momentMs } from '@hookpulse/common/values/moment';
import {
  RebuildAcceptedSchema,
  type RebuildRequest,
  RebuildStatusSchema,
  rebuildStatus,
} from '@hookpulse/common/windows/rebuild';
import { windowStart } from '@hookpulse/common/windows/window';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { badRequest, ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { Rebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import Type, { type Static } from 'typebox';
import { wholeHours } from '../domain/whole-hours.ts';
import { type HoursBetween, hasHoursBetween } from '../queries/has-hours-between.ts';
import { oldestRawEvent } from '../queries/oldest-raw-event.ts';

export interface RebuildRoutesDeps {
  readonly log: Pick<EventLog, 'ranges'>;
  readonly clickhouse: ClickHouseClient;
  readonly rebuilds: Rebuilds;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventRetentionDays: number;
}

const PATH = '/api/admin/rebuilds';
const tags = ['administration'];
const Time = Type.String({ format: 'date-time', description: MOMENT_FORM });
const Params = Type.Object({ rebuild_id: Type.String() });
const Body = Type.Object(
  {
    from: Time,
    to: Time,
    bot_id: Type.Optional(BotId),
    dry_run: Type.Optional(
      Type.Boolean({ description: 'true or false; true: only report what would change' }),
    ),
    erase: Type.Optional(
      Type.Boolean({
        description: 'true or false; true: also delete hourly rows older than all raw events',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ from: '2026-02-10T18:00:00Z', to: '2026-02-10T20:00:00Z', dry_run: true }],
  },
);

/** Aggregators are told within milliseconds; one that is restarted is back by then. */
const EXPIRES_AFTER_MS = 900_000;
/** No raw event of the hours may be deleted before the work has begun. */
const RETENTION_MARGIN_MS = EXPIRES_AFTER_MS + 600_000;
/** So long it can be read what a rebuild has changed. */
const REMEMBERED_MS = 7 * 24 * HOUR_MS;

export function registerRebuilds(app: HttpApp, deps: RebuildRoutesDeps): void {
  const { rebuilds, clock } = deps;

  app.post(
    PATH,
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Requests a rebuild of hourly rows from the raw events, in whole hours',
        body: Body,
        response: { 202: RebuildAcceptedSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request, reply) => {
      rebuilds.assertRead();
      const rebuild = await newRequest(request.body, deps);
      await rebuilds.post(rebuild);
      forgetOld(deps);
      const { rebuild_id, from, to, expires_at, dry_run } = rebuild;
      request.done = { from, to, dry_run, erase: request.body.erase ?? false };
      return reply
        .code(202)
        .header('location', `${PATH}/${rebuild_id}`)
        .send({ rebuild_id, from, to, expires_at });
    },
  );

  app.get(
    `${PATH}/:rebuild_id`,
    {
      schema: {
        tags,
        summary: 'Progress of a rebuild, and what it changed',
        params: Params,
        response: { 200: RebuildStatusSchema, 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) => {
      const posted = rebuilds.get(request.params.rebuild_id);
      if (!posted) throw notFound('There is no rebuild with this rebuild_id.');
      return rebuildStatus(posted.request, posted.answers, clock.now());
    },
  );
}

/** @throws HttpError 400 when counting anew would lose what was counted */
async function newRequest(
  body: Static<typeof Body>,
  { log, clickhouse, clock, eventRetentionDays }: RebuildRoutesDeps,
): Promise<RebuildRequest> {
  const nowMs = clock.now();
  const hours = wholeHours(momentMs(body.from), momentMs(body.to), nowMs);
  if (!hours) throw badRequest('from must be before to, and not in the future.');
  const { fromMs, toMs } = hours;
  const botId = body.bot_id ?? null;
  const keptSinceMs = firstWholeHour(nowMs, eventRetentionDays, RETENTION_MARGIN_MS);
  if (fromMs < keptSinceMs) {
    throw badRequest(
      `Raw events before ${iso(keptSinceMs)} are past the retention or will be soon: a rebuild would erase their hours. Set from to ${iso(keptSinceMs)} or later.`,
    );
  }
  if (!body.erase && !body.dry_run) {
    await assertRawEventsThere({ fromMs, toMs, botId }, keptSinceMs, clickhouse);
  }
  const partitions = (await log.ranges(EVENTS_TOPIC)).length;
  return {
    rebuild_id: randomUUID(),
    requested_at: iso(nowMs),
    expires_at: iso(nowMs + EXPIRES_AFTER_MS),
    from: iso(fromMs),
    to: iso(toMs),
    bot_id: botId,
    dry_run: body.dry_run ?? false,
    partitions,
    retention_days: eventRetentionDays,
  };
}

/**
 * Hourly rows older than every raw event tell that raw events were deleted before their time: the
 * retention was shorter, or somebody has deleted them. The hour of the oldest one may not be whole.
 */
async function assertRawEventsThere(
  span: HoursBetween,
  keptSinceMs: number,
  clickhouse: ClickHouseClient,
): Promise<void> {
  const oldestMs = (await oldestRawEvent(clickhouse)) ?? span.toMs;
  const oldestHourMs = windowStart(oldestMs, HOUR_MS);
  if (span.fromMs > oldestHourMs) return;
  const before = { fromMs: keptSinceMs, toMs: oldestHourMs, botId: span.botId };
  if (!(await hasHoursBetween(clickhouse, before))) return;
  throw badRequest(
    `Some hourly rows are older than the oldest raw event (${iso(oldestMs)}): a rebuild would erase them. Set from to ${iso(oldestHourMs + HOUR_MS)} or later, or set erase to true to erase them.`,
  );
}

/** Not waited for: whoever asked does not need it. */
function forgetOld({ rebuilds, clock, logger }: RebuildRoutesDeps): void {
  const beforeMs = clock.now() - REMEMBERED_MS;
  for (const { request } of rebuilds.list()) {
    if (Date.parse(request.requested_at) >= beforeMs) continue;
    rebuilds.forget(request).catch((error: unknown) => {
      logger.warn(
        { err: error, rebuild_id: request.rebuild_id },
        'an old rebuild could not be deleted',
      );
    });
  }
}
