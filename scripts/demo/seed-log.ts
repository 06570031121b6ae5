/**
 * Puts on the log what came before the demo: its bots, the events of the last day, and the alerts of all
 * the days. It is done before anything runs, so that alerts are judged by a past that is whole.
 */

import { randomUUID } from 'node:crypto';
import { alerterSettings } from '@hookpulse/alerter/settings';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { DAY_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { eventMessage } from '@hookpulse/event-log/record-headers';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { normaliseReportedEvent } from '@hookpulse/ingest/domain/reported-event';
import type { Config } from '@hookpulse/service-kit/config/config';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import { openDataDir } from '@hookpulse/service-kit/process/data-dir';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { openFirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import { presenceToMessage } from '@hookpulse/topic-tables/presence/presence-message';
import type { DemoBot } from './demo-bots.ts';
import { eventsOfMinute } from './past.ts';
import { createPastJudge } from './past-alerts.ts';

export interface PastSpan {
  /** Where the past begins; whole minutes. All are milliseconds since the epoch. */
  readonly fromMs: number;
  /** Events from here on are put on the log; those before are reported while the demo runs. */
  readonly eventsFromMs: number;
  /** Where it ends, and the demo begins. */
  readonly startMs: number;
}

/** What is published at once: as many as fit a transaction of some milliseconds. */
const MESSAGES_AT_ONCE = 2_000;

/**
 * @param signal - gives up
 * @returns how many deliveries were put on the log
 * @throws what the log throws, or the reason of the signal
 */
export async function seedLog(
  config: Config,
  bots: readonly DemoBot[],
  span: PastSpan,
  signal: AbortSignal,
): Promise<number> {
  const logger = createLogger('demo', 'warn');
  const folder = openDataDir(config.dataDir);
  const log = await openEventLog(config.log, logger);
  try {
    await log.ensureTopics(TOPIC_SPECS);
    const registry = await openBotRegistry(log, logger);
    for (const { record } of bots) await registry.put(record);
    await registry.close();
    const progress = createProgress('bots with a past', bots.length, { rate: false });
    let deliveries = 0;
    for (const bot of bots) {
      deliveries += await seedBot(log, config, bot, span, signal);
      progress.advance(1);
    }
    progress.finish();
    await seedListening(log, bots, span, logger);
    return deliveries;
  } finally {
    await log.close();
    folder.release();
  }
}

/** Without this the alerter would take the silent bot for one that nobody listened to, or that is new. */
async function seedListening(
  log: EventLog,
  bots: readonly DemoBot[],
  { fromMs, eventsFromMs, startMs }: PastSpan,
  logger: Logger,
): Promise<void> {
  const firstEvents = await openFirstEvents({ log, logger });
  await firstEvents.note(new Map(bots.map(({ record }) => [record.bot_id, eventsFromMs])));
  await firstEvents.close();
  const stretch = { stretch_id: randomUUID(), listened_ms: startMs - fromMs };
  await log.publish([presenceToMessage(stretch)]);
}

async function seedBot(
  log: EventLog,
  config: Config,
  { character, record }: DemoBot,
  { fromMs, eventsFromMs, startMs }: PastSpan,
  signal: AbortSignal,
): Promise<number> {
  const judge = createPastJudge(record, alerterSettings(config), fromMs);
  const rules = { nowMs: startMs, retentionMs: config.events.retentionDays * DAY_MS };
  let waiting: OutgoingMessage[] = [];
  let deliveries = 0;
  for (let minuteMs = fromMs; minuteMs < startMs; minuteMs += MINUTE_MS) {
    for (const reported of eventsOfMinute(character, minuteMs, startMs)) {
      const normalised = normaliseReportedEvent(reported, rules);
      if (normalised.kind === 'bad') throw new Error(normalised.message);
      judge.add(normalised.event);
      if (minuteMs < eventsFromMs) continue;
      waiting.push(eventMessage(normalised.event));
      if (normalised.event.event_type === 'received') deliveries += 1;
    }
    if (character.isEnabled) judge.judge(Math.min(minuteMs + MINUTE_MS, startMs));
    if (waiting.length >= MESSAGES_AT_ONCE) {
      signal.throwIfAborted();
      await log.publish(waiting);
      waiting = [];
    }
  }
  await log.publish([...waiting, ...judge.messages()]);
  return deliveries;
}
