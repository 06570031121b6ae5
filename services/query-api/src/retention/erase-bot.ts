/**
 * Erases what is known of a bot that was removed: raw events, hourly rows, alerts and their mails
 * in the outbox, silences, saved views, and names in the audit; and says what is left for a while, and where.
 *
 * The owner of its partition keeps its newest windows in memory and would store them again with the
 * next event, so windows are not deleted without it: once the raw events are gone, the owner is
 * asked to recount their hours, and deletes windows without events from memory and from the store
 * (docs/decisions/0016). Doing it again does no harm, and erases what came late.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { dueTransitions } from '@hookpulse/common/alerts/decider';
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { isViewOfBot } from '@hookpulse/common/bots/saved-view';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { type RebuildRequest, rebuildStatus } from '@hookpulse/common/windows/rebuild';
import { windowStart } from '@hookpulse/common/windows/window';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { unavailable } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import { forgetAlertMessages } from '@hookpulse/topic-tables/alerts/alert-messages';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { Annotations } from '@hookpulse/topic-tables/annotations/annotations';
import { forgetFirstEvent } from '@hookpulse/topic-tables/presence/first-events';
import type { Rebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import type { SavedViews } from '@hookpulse/topic-tables/saved-views/saved-views';
import type { StatusPages } from '@hookpulse/topic-tables/status-pages/status-pages';
import type { OneAtATime } from '../one-at-a-time.ts';
import { storedPositions } from '../queries/stored-positions.ts';
import {
  ALERT_TABLES,
  hoursOfBotBefore,
  RAW_TABLES,
  rowsOfBot,
  slicesOfBotBefore,
} from './bot-rows.ts';
import { countRows, deleteRows } from './delete-rows.ts';
import { eraseFromAudit } from './erase-audit.ts';
import { eraseFromOutbox, mailsAbout } from './erase-mails.ts';
import { purge } from './purge.ts';

export interface EraseDeps {
  readonly log: Pick<EventLog, 'ranges' | 'partitionFor' | 'publish' | 'follow' | 'purge'>;
  readonly clickhouse: ClickHouseClient;
  readonly rebuilds: Rebuilds;
  readonly alerts: AlertStates;
  readonly controls: Pick<AlertControls, 'silences' | 'forgetSilence'>;
  readonly annotations: Pick<Annotations, 'list' | 'forget'>;
  readonly statusPages: Pick<StatusPages, 'list' | 'put' | 'forget'>;
  /** Shared with all else that changes a status page. */
  readonly changingPages: OneAtATime;
  readonly savedViews: Pick<SavedViews, 'list' | 'forget'>;
  /** Shared with all else that changes a saved view. */
  readonly changingViews: OneAtATime;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventRetentionDays: number;
  /** Where mails are written when there is no mail server. */
  readonly outboxFolder: string;
  readonly settings: EraseSettings;
}

export interface EraseSettings {
  /** Until then every service knows that a bot was removed. */
  readonly propagationMs: number;
  /** How long the aggregator and the alerter may take for each of their steps. */
  readonly patienceMs: number;
  /** How long the mails of alerts that have just ended, and the store's files, are waited for. */
  readonly lastWaitMs: number;
}

export const ERASE_DEFAULTS: EraseSettings = {
  /** As the contract promises. */
  propagationMs: 2_000,
  patienceMs: 50_000,
  lastWaitMs: 10_000,
};

const POLL_INTERVAL_MS = 100;
/** Of windows that started earlier none is in memory, as nothing that old is told of a bot any more. */
const MAX_RECOUNTED_DAYS = 31;
/**
 * Younger slices are left to the recount, which deletes them from memory, too. It looks at those of the
 * last 26 hours, and deletes what comes of a late event meanwhile.
 */
const RECOUNTED_SLICES_MS = 900_000;
const REQUEST_LIFETIME_MS = 900_000;

/** @throws StoreError */
async function historyOf(botId: string, clickhouse: ClickHouseClient) {
  const firings = rowsOfBot('webhook_alerts', botId);
  return {
    raw_events: await countRows(clickhouse, rowsOfBot('webhook_events', botId)),
    hourly_rows: await countRows(clickhouse, rowsOfBot('webhook_metrics', botId)),
    alerts: await countRows(clickhouse, {
      ...firings,
      where: `${firings.where} AND transition = 'firing'`,
    }),
  };
}

/**
 * @param isNewlyRemoved - so that some of its events may be under way still
 * @returns what there was; null: nothing
 * @throws HttpError 503 when a part that has to take part does not answer; trying again does the rest
 */
export async function eraseBot(
  botId: string,
  isNewlyRemoved: boolean,
  deps: EraseDeps,
): Promise<ErasedHistory | null> {
  const { clickhouse, log, settings } = deps;
  if (isNewlyRemoved) await delay(settings.propagationMs);
  await untilAllIsStored(botId, deps);
  await untilNothingFires(botId, deps);
  const history = await historyOf(botId, clickhouse);
  const messageIds = await mailsAbout(botId, deps);
  const silenceIds = silencesOf(botId, deps.controls);
  const annotationIds = annotationsOf(botId, deps.annotations);
  const isNothing =
    Object.values(history).every((count) => count === 0) &&
    messageIds.size + silenceIds.size + annotationIds.length === 0 &&
    viewsOf(botId, deps.savedViews).length + pagesAbout(botId, deps.statusPages).length === 0;
  if (!isNewlyRemoved && isNothing) return null;
  for (const table of RAW_TABLES) await deleteRows(clickhouse, rowsOfBot(table, botId));
  await deleteWindows(botId, deps);
  const states = [...deps.alerts.list()].filter(({ transition }) => transition.bot_id === botId);
  await log.publish([...forgetAlertMessages(botId, states), forgetFirstEvent(botId)]);
  // Else an alerter could mail what a silence held back, knowing of its end and not of the alert's.
  if (silenceIds.size > 0) await delay(settings.propagationMs);
  for (const id of silenceIds) await deps.controls.forgetSilence(id);
  await deps.annotations.forget(annotationIds);
  await forgetViews(botId, deps);
  const pageNames = await leaveStatusPages(botId, deps);
  const mails = await eraseFromOutbox(deps.outboxFolder, messageIds);
  const audit_entries = await eraseFromAudit({ botId, silenceIds, pageNames }, log);
  for (const table of ALERT_TABLES) await deleteRows(clickhouse, rowsOfBot(table, botId));
  const counts = { ...history, silences: silenceIds.size, audit_entries, mails };
  return { bot_id: botId, ...counts, remains: await purge(deps) };
}

/** Somebody's words about the bot. @throws TableNotReadError */
function annotationsOf(botId: string, annotations: EraseDeps['annotations']): readonly string[] {
  const own = annotations.list().filter(({ bot_id }) => bot_id === botId);
  return own.map(({ annotation_id }) => annotation_id);
}

/** Its id is in their paths. @throws TableNotReadError */
function viewsOf(botId: string, savedViews: EraseDeps['savedViews']): readonly string[] {
  const own = savedViews.list().filter(({ path }) => isViewOfBot(path, botId));
  return own.map(({ view_id }) => view_id);
}

/** Read only now: a view that is being renamed must not come back. */
function forgetViews(botId: string, { savedViews, changingViews }: EraseDeps): Promise<void> {
  return changingViews(() => savedViews.forget(viewsOf(botId, savedViews)));
}

/** @throws TableNotReadError */
function pagesAbout(botId: string, statusPages: EraseDeps['statusPages']) {
  return statusPages.list().filter(({ bot_ids }) => bot_ids.includes(botId));
}

/**
 * A page about the bot alone ends. Read only now: a link that was replaced, or a page that was deleted
 * while the bot was being erased, must not come back.
 * @returns the names of pages that ended
 */
function leaveStatusPages(
  botId: string,
  { statusPages, changingPages }: EraseDeps,
): Promise<ReadonlySet<string>> {
  return changingPages(async () => {
    const ended = new Set<string>();
    for (const page of pagesAbout(botId, statusPages)) {
      const bot_ids = page.bot_ids.filter((one) => one !== botId);
      if (bot_ids.length > 0) {
        await statusPages.put({ ...page, bot_ids });
        continue;
      }
      await statusPages.forget(page.name);
      ended.add(page.name);
    }
    return ended;
  });
}

/** Silences about the bot alone: their reasons are somebody's words about it. */
function silencesOf(botId: string, controls: EraseDeps['controls']): ReadonlySet<string> {
  const own = controls.silences().filter(({ bot_id }) => bot_id === botId);
  return new Set(own.map(({ silence_id }) => silence_id));
}

async function deleteWindows(botId: string, deps: EraseDeps): Promise<void> {
  const { clickhouse, clock, eventRetentionDays } = deps;
  const nowMs = clock.now();
  const days = Math.min(eventRetentionDays + 1, MAX_RECOUNTED_DAYS);
  const fromMs = windowStart(nowMs - days * DAY_MS, HOUR_MS);
  await deleteRows(clickhouse, hoursOfBotBefore(botId, fromMs));
  await deleteRows(clickhouse, slicesOfBotBefore(botId, nowMs - RECOUNTED_SLICES_MS));
  await recount(botId, fromMs, nowMs, deps);
}

/** What was accepted before the bot was removed would come back, were it stored later. */
async function untilAllIsStored(
  botId: string,
  { log, clickhouse, settings }: EraseDeps,
): Promise<void> {
  const own = await log.partitionFor(EVENTS_TOPIC, botId);
  const ranges = await log.ranges(EVENTS_TOPIC);
  const range = ranges.find(({ partition }) => partition === own);
  if (!range || range.startOffset === range.endOffset) return;
  const isStored = await settles(settings.patienceMs, async () => {
    const positions = await storedPositions(clickhouse);
    const position = positions.find(({ partition }) => partition === own);
    return position !== undefined && BigInt(position.nextOffset) >= range.endOffset;
  });
  if (isStored) return;
  throw unavailable(
    'The aggregator has not stored all events of this bot yet, so nothing was erased; try again.',
  );
}

/** The alerter ends what fires for a bot that is gone; nothing is to be told of it after that. */
async function untilNothingFires(botId: string, { alerts, settings }: EraseDeps): Promise<void> {
  alerts.assertRead();
  const own = () => [...alerts.list()].filter(({ transition }) => transition.bot_id === botId);
  const isOver = await settles(settings.patienceMs, async () =>
    own().every(({ transition }) => transition.transition === 'resolved'),
  );
  if (!isOver) {
    throw unavailable(
      'The alerter has not ended the alerts of this bot yet, so nothing was erased; try again.',
    );
  }
  // A mail server that is away is not waited for any longer.
  await settles(settings.lastWaitMs, async () =>
    own().every((state) => dueTransitions(state).length === 0),
  );
}

async function recount(
  botId: string,
  fromMs: number,
  nowMs: number,
  { log, rebuilds, clock, settings }: EraseDeps,
): Promise<void> {
  rebuilds.assertRead();
  const request: RebuildRequest = {
    rebuild_id: randomUUID(),
    requested_at: iso(nowMs),
    expires_at: iso(nowMs + REQUEST_LIFETIME_MS),
    from: iso(fromMs),
    // An hour more than clocks may be ahead, as events go on to arrive.
    to: iso(windowStart(nowMs + HOUR_MS, HOUR_MS) + HOUR_MS),
    bot_id: botId,
    dry_run: false,
    forgets_updates: true,
    partitions: (await log.ranges(EVENTS_TOPIC)).length,
    // No hour is too old: its raw events are to be missing.
    retention_days: MAX_RECOUNTED_DAYS + 2,
  };
  await rebuilds.post(request);
  const isDone = await settles(settings.patienceMs, async () => {
    const posted = rebuilds.get(request.rebuild_id);
    return posted && rebuildStatus(request, posted.answers, clock.now()).status === 'done';
  });
  if (isDone) return;
  throw unavailable(
    'The raw events are erased, but no aggregator has confirmed that the hourly rows are erased too; try again.',
  );
}

async function settles(
  patienceMs: number,
  condition: () => Promise<boolean | undefined>,
): Promise<boolean> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() > deadlineMs) return false;
    await delay(POLL_INTERVAL_MS);
  }
}
