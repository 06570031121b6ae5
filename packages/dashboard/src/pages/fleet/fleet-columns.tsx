/** What is told of each bot of the fleet. */
import type { HealthStatus } from '@hookpulse/common/domain/health-status';
import type { FleetHealth } from '@hookpulse/query-api/domain/fleet-health';
import { formatCount, formatMs, percentOf } from '../../format/numbers.ts';
import type { Column } from '../../ui/data-table.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';

export type FleetRow = FleetHealth['bots'][number];

/** What needs a look first. */
const URGENCY: Readonly<Record<HealthStatus, number>> = {
  unhealthy: 0,
  degraded: 1,
  no_traffic: 2,
  healthy: 3,
};

export const FLEET_COLUMNS: readonly Column<FleetRow>[] = [
  {
    id: 'name',
    title: 'Bot',
    width: 'minmax(120px, 2fr)',
    compare: (a, b) => compareText(a.bot_name, b.bot_name) || compareText(a.bot_id, b.bot_id),
    render: ({ bot_id, bot_name }) => (
      <a class="row-link" href={`/bots/${bot_id}`} title={bot_id}>
        {bot_name}
      </a>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: '112px',
    compare: (a, b) => URGENCY[a.status] - URGENCY[b.status] || byRate(b, a),
    render: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'events',
    title: 'Events',
    hint: 'In the last 15 minutes',
    width: '88px',
    align: 'end',
    hideBelow: 'tablet',
    compare: (a, b) => a.events_last_15min - b.events_last_15min,
    render: ({ events_last_15min }) => formatCount(events_last_15min),
  },
  {
    id: 'rate',
    title: 'Errors',
    hint: 'Share of errors in the last 15 minutes',
    width: '72px',
    align: 'end',
    compare: byRate,
    render: ({ error_rate, events_last_15min }) => (events_last_15min === 0 ? '–' : error_rate),
  },
  {
    id: 'average',
    title: 'Average',
    hint: 'Average processing time in the last 15 minutes',
    width: '88px',
    align: 'end',
    hideBelow: 'desktop',
    compare: (a, b) => (a.avg_processing_time_ms ?? -1) - (b.avg_processing_time_ms ?? -1),
    render: ({ avg_processing_time_ms }) => formatMs(avg_processing_time_ms),
  },
  {
    id: 'last',
    title: 'Last event',
    width: '104px',
    align: 'end',
    hideBelow: 'tablet',
    compare: (a, b) => compareText(a.last_event_at ?? '', b.last_event_at ?? ''),
    render: ({ last_event_at }) => <Time at={last_event_at} />,
  },
];

function byRate(a: FleetRow, b: FleetRow): number {
  return (
    percentOf(a.error_rate) - percentOf(b.error_rate) || a.events_last_15min - b.events_last_15min
  );
}

/** By code units: ten thousand names in no time, and names of bots are hardly ever accented. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
