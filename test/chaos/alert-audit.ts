/**
 * After a run: what was told of alerts, held against the traffic that is stored, the mail server's
 * word and the history. Windows slide and alerts go on meanwhile, so it is asked until all agrees.
 */

import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { type AlertRecord, openAlertRecord } from '../alert-chaos/alert-record.ts';

export interface AlertAudit {
  /** Different transitions on `webhook.alerts`. */
  readonly transitions: number;
  /** Alerts whose newest mail the mail server took. */
  readonly mailed: number;
  /** Bots whose events of the last minutes are above the line for certain; each has to fire. */
  readonly botsAboveTheLine: number;
  /** Of what follows, how many: bots that do not fire, mails owed, numbers used twice, history that differs. */
  readonly off: number;
  /** The first of them, for whoever has to find out. */
  readonly differences: readonly string[];
}

export interface AlertAuditSources {
  readonly log: EventLog;
  readonly store: ClickHouseClient;
  /** WEBHOOK_ERROR_RATE_THRESHOLD of the services; the rest of the settings are the defaults. */
  readonly errorRateThreshold: number;
  /** What is dated before the bots were there does not count for their alerts, milliseconds since the epoch. */
  readonly sinceMs: number;
}

const WINDOW_SECONDS = 900;
const MIN_EVENTS = 10;
/** Bots are judged as of a few seconds ago: only those above the line on both sides have to fire. */
const MARGIN_SECONDS = 10;
/** Alerters come back, mails go out after the longest pause, and the history follows. */
const TIMEOUT_MS = 120_000;
const MAX_SHOWN_DIFFERENCES = 20;

export async function auditAlerts(sources: AlertAuditSources): Promise<AlertAudit> {
  const record = await openAlertRecord(sources.log);
  try {
    let newest = await look(record, sources);
    const agreed = async () => {
      newest = await look(record, sources);
      return newest.off === 0;
    };
    // What is off in the end is told by the last look.
    await until('the alerts to agree with the traffic', agreed, TIMEOUT_MS).catch(() => undefined);
    return newest;
  } finally {
    await record.close();
  }
}

async function look(record: AlertRecord, sources: AlertAuditSources): Promise<AlertAudit> {
  const above = await botsAboveTheLine(sources);
  const stored = await storedHistory(sources.store);
  const firing = new Set(record.firing());
  const silent = above.filter(
    (bot_id) => !firing.has(alertKey({ bot_id, rule: 'high_error_rate' })),
  );
  const unmailed = record.unmailed();
  const bySequence = Map.groupBy(record.messages, placeOf);
  const twice = [...bySequence].filter(([, same]) => {
    return new Set(same.map((one) => JSON.stringify(one))).size > 1;
  });
  const history = [...bySequence].flatMap(([place, [told]]) => {
    const found = stored.get(place);
    return told && found === describe(told) ? [] : [`${place}: ${found ?? 'not'} in the history`];
  });
  const strange = [...stored.keys()].filter((place) => !bySequence.has(place));
  const differences = [
    ...silent.map((botId) => `${botId} is above the line and does not fire`),
    ...unmailed.map((key) => `${key}: mails are still owed`),
    ...twice.map(([place]) => `${place} is on the log with two contents`),
    ...history,
    ...strange.map((place) => `${place} is in the history and not on the log`),
  ];
  return {
    transitions: bySequence.size,
    mailed: new Set(record.messages.map(alertKey)).size - unmailed.length,
    botsAboveTheLine: above.length,
    off: differences.length,
    differences: differences.slice(0, MAX_SHOWN_DIFFERENCES),
  };
}

/** By the contract's counting, from raw events. */
async function botsAboveTheLine({
  store,
  errorRateThreshold,
  sinceMs,
}: AlertAuditSources): Promise<string[]> {
  const counted = (seconds: number) => {
    const since = `timestamp > now64(3) - INTERVAL ${seconds} SECOND`;
    const failed = `countIf(${since} AND (event_type = 'error' OR (event_type = 'received' AND status = 'failed')))`;
    const events = `greatest(countIf(${since} AND event_type = 'received'), countIf(${since} AND event_type = 'processed') + ${failed})`;
    return `${events} > ${MIN_EVENTS} AND ${failed} / ${events} > ${errorRateThreshold}`;
  };
  const result = await store.query({
    query: `SELECT bot_id FROM webhook_events FINAL
            WHERE timestamp >= fromUnixTimestamp64Milli({sinceMs: Int64}) GROUP BY bot_id
            HAVING ${counted(WINDOW_SECONDS - MARGIN_SECONDS)}
               AND ${counted(WINDOW_SECONDS + MARGIN_SECONDS)}`,
    query_params: { sinceMs },
    format: 'JSONEachRow',
  });
  return (await result.json<{ bot_id: string }>()).map(({ bot_id }) => bot_id);
}

/** By place: what the history tells of a transition. */
async function storedHistory(store: ClickHouseClient): Promise<Map<string, string>> {
  const result = await store.query({
    query: `SELECT bot_id, rule, toUInt32(sequence) AS sequence, alert_id, transition, reason
            FROM webhook_alerts FINAL`,
    format: 'JSONEachRow',
  });
  const rows = await result.json<ComparedTransition>();
  return new Map(rows.map((row) => [placeOf(row), describe(row)]));
}

type ComparedTransition = Pick<
  AlertTransition,
  'bot_id' | 'rule' | 'sequence' | 'alert_id' | 'transition' | 'reason'
>;

function placeOf(one: Pick<ComparedTransition, 'bot_id' | 'rule' | 'sequence'>): string {
  return `${alertKey(one)}#${one.sequence}`;
}

function describe({ alert_id, transition, reason }: ComparedTransition): string {
  return `${transition} of ${alert_id}: ${reason}`;
}
