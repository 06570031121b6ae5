/** What is told of each bot of the fleet. */

import type { FleetHealth } from '@hookpulse/api/fleet-health';
import { CauseLink } from '../../error-causes/cause-link.tsx';
import type { BotCause } from '../../error-causes/use-causes.ts';
import { formatCount, formatMs } from '../../format/numbers.ts';
import { BotName } from '../../ui/bot-name.tsx';
import type { Column } from '../../ui/column.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { shortReason } from './short-reason.ts';
import { atPace } from './trend-pace.ts';
import { byRate, worstFirst } from './urgency.ts';

export type FleetBot = FleetHealth['bots'][number];

export interface FleetRow extends FleetBot {
  /** Undefined: not known yet. */
  readonly trend: FleetBot['trend'];
  /** Within the last 24 hours; 0: not known yet. */
  readonly dayEvents: number;
  /** Whether its name does not tell which bot it is. */
  readonly isNameShared: boolean;
  /** What most of its failures come down to; undefined: it is not known. */
  readonly cause: BotCause | undefined;
}

/** @param now - milliseconds since the epoch, by the server's clock */
export const fleetColumns = (now: () => number): readonly Column<FleetRow>[] => [
  {
    id: 'name',
    title: 'Bot',
    width: 'minmax(96px, 2fr)',
    compare: (a, b) => compareText(a.bot_name, b.bot_name) || compareText(a.bot_id, b.bot_id),
    render: ({ bot_id, bot_name, isNameShared }) => (
      <a class="row-link" draggable={false} href={`/bots/${bot_id}`} title={bot_id}>
        <BotName id={bot_id} name={bot_name} isShared={isNameShared} />
      </a>
    ),
  },
  {
    id: 'status',
    title: 'Status',
    width: 'minmax(28px, 112px)',
    compare: worstFirst,
    render: ({ status }) => <StatusBadge status={status} />,
  },
  {
    id: 'reason',
    title: 'Why',
    width: 'minmax(120px, 2fr)',
    hideBelow: 'tablet',
    render: (bot) => <Reason bot={bot} nowMs={now()} />,
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
    width: 'minmax(56px, 72px)',
    align: 'end',
    compare: byRate,
    render: ({ error_rate, events_last_15min }) => (events_last_15min === 0 ? '–' : error_rate),
  },
  {
    id: 'p95',
    title: 'p95',
    hint: '95 of 100 updates took less processing time, in the newest hour with updates',
    width: '80px',
    align: 'end',
    hideBelow: 'tablet',
    compare: (a, b) => p95Of(a) - p95Of(b),
    render: ({ trend }) => formatMs(trend?.p95_processing_time_ms ?? null),
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
  {
    id: 'trend',
    title: 'Last 24 hours',
    hint: 'Events per hour, with errors in red; the current hour is extrapolated',
    width: '124px',
    align: 'end',
    hideBelow: 'desktop',
    compare: (a, b) => a.dayEvents - b.dayEvents,
    render: ({ trend }) => trend && <TrendLine trend={trend} nowMs={now()} />,
  },
];

/** Nothing where all is well. */
function Reason({ bot, nowMs }: { readonly bot: FleetRow; readonly nowMs: number }) {
  const { bot_id, status, cause } = bot;
  const isFailing = status === 'unhealthy' || status === 'degraded';
  if (isFailing && cause) return <CauseLink cause={cause} botId={bot_id} isShort />;
  return <span class="fleet-reason">{shortReason(bot, nowMs)}</span>;
}

interface TrendLineProps {
  readonly trend: NonNullable<FleetRow['trend']>;
  readonly nowMs: number;
}

function TrendLine({ trend, nowMs }: TrendLineProps) {
  const [events, errors] = [sumOf(trend.events), sumOf(trend.errors)];
  const label = `${formatCount(events)} events in 24 hours, ${formatCount(errors)} errors`;
  const paced = atPace(trend, nowMs);
  return <Sparkline values={paced.events} errors={paced.errors} label={label} />;
}

export function sumOf(values: readonly number[] = []): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** What is not known comes last. */
function p95Of({ trend }: FleetRow): number {
  return trend?.p95_processing_time_ms ?? -1;
}

/** By code units: ten thousand names in no time, and names of bots are hardly ever accented. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
