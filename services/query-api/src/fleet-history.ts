/**
 * Pages of the fleet's minutes, hours or days. Summing a thousand bots takes a while, and what is over
 * hardly changes: each is remembered with a fingerprint of its rows, and summed again when that is
 * another one.
 */

import type { MetricsRow, MetricsUnit } from '@hookpulse/api/metrics-row';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { oneAtATime } from './one-at-a-time.ts';
import { fleetMetrics } from './queries/fleet-metrics.ts';
import { type FleetStart, fleetStarts } from './queries/fleet-starts.ts';
import { fleetMinutes } from './queries/minute-metrics.ts';

/** A year of hours and a day of minutes, and some: 12 MB. */
const MAX_REMEMBERED = 12_000;
/** What is summed in one go; its durations are in memory meanwhile, some 100 MB. */
const MAX_ROWS_AT_ONCE = 400_000;

export interface FleetHistory {
  /** At most so many rows, the newest first. @throws StoreError */
  page(
    unit: MetricsUnit,
    span: { readonly fromMs: number; readonly toMs: number },
    limit: number,
  ): Promise<MetricsRow[]>;
}

export function createFleetHistory(client: ClickHouseClient): FleetHistory {
  const remembered = new Map<string, { fingerprint: string; row: MetricsRow }>();
  // Several who ask at once would all sum the same.
  const summing = oneAtATime();

  return {
    async page(unit, span, limit) {
      const starts = await fleetStarts(client, unit, span, limit);
      const keyOf = ({ startMs }: FleetStart) => `${unit} ${startMs}`;
      const isKnown = (start: FleetStart) =>
        remembered.get(keyOf(start))?.fingerprint === start.fingerprint;
      const fresh = new Map<string, MetricsRow>();
      if (!starts.every(isKnown)) {
        await summing(async () => {
          for (const group of groupsOf(starts, isKnown, unit)) {
            const rowCount = group.reduce((sum, { rows }) => sum + rows, 0);
            const times = group.map(({ startMs }) => startMs);
            const rows =
              unit === 'minute'
                ? await fleetMinutes(client, times)
                : await fleetMetrics(client, unit, times, rowCount);
            for (const start of group) {
              const row = rows.get(start.startMs);
              if (!row) continue;
              fresh.set(keyOf(start), row);
              remember(keyOf(start), { fingerprint: start.fingerprint, row });
            }
          }
        });
      }
      return starts.flatMap(
        (start) => fresh.get(keyOf(start)) ?? remembered.get(keyOf(start))?.row ?? [],
      );
    },
  };

  /** What was summed longest ago is forgotten first. */
  function remember(key: string, value: { fingerprint: string; row: MetricsRow }): void {
    remembered.delete(key);
    remembered.set(key, value);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  }
}

/**
 * What is to be summed, in goes. Slices are sorted by time, so a go reads all that is between its first
 * and its last minute: it ends where a known minute is between. Hours are sorted by bot.
 */
function groupsOf(
  starts: readonly FleetStart[],
  isKnown: (start: FleetStart) => boolean,
  unit: MetricsUnit,
): FleetStart[][] {
  const groups: FleetStart[][] = [];
  let room = 0;
  for (const start of starts) {
    const group = groups.at(-1);
    if (isKnown(start)) {
      if (unit === 'minute') room = 0;
    } else if (group && start.rows <= room) {
      group.push(start);
      room -= start.rows;
    } else {
      groups.push([start]);
      room = MAX_ROWS_AT_ONCE - start.rows;
    }
  }
  return groups;
}
