/** One row among all: what tells it from the others, in the address and for the API. */
import type { MetricsRow, MetricsUnit } from '@hookpulse/api/metrics-row';
import type { MetricsQuery } from './metrics-query.ts';
import { UNIT_MS } from './metrics-query.ts';

export interface RowPlace {
  readonly startMs: number;
  /** Null: all bots together. */
  readonly botId: string | null;
}

/** `2026-02-10T20:00:00Z|orders`, and without a bot `2026-02-10T20:00:00Z` */
export function rowKey({ start, bot_id }: Pick<MetricsRow, 'start' | 'bot_id'>): string {
  return bot_id === null ? start : `${start}|${bot_id}`;
}

/** Null: this is no place of a row. */
export function rowPlaceOf(text: string): RowPlace | null {
  const [start = '', botId = null, ...rest] = text.split('|');
  const startMs = Date.parse(start);
  return Number.isNaN(startMs) || botId === '' || rest.length > 0 ? null : { startMs, botId };
}

/** The span of the row in the bounds of the API. */
export function rowSpan({ startMs }: RowPlace, unit: MetricsUnit) {
  return { kind: 'own', fromMs: startMs, toMs: startMs + UNIT_MS[unit] } as const;
}

/** Asks for the row alone. */
export function rowQuery(place: RowPlace, unit: MetricsUnit): MetricsQuery {
  const { botId } = place;
  return {
    subject: botId === null ? { kind: 'fleet' } : { kind: 'bot', botId },
    unit,
    range: rowSpan(place, unit),
  };
}
