/** What the table tells of each row; a row leads to all that is known of it. */
import type { MetricsRow, MetricsUnit } from '@hookpulse/api/metrics-row';
import type { Bots } from '../../bot-choice/use-bots.ts';
import { formatCount, formatMs } from '../../format/numbers.ts';
import { BotName } from '../../ui/bot-name.tsx';
import type { Column } from '../../ui/column.ts';
import { RowTime } from './row-time.tsx';

type MetricsColumn = Column<MetricsRow>;
type CountName = 'events' | 'errors' | 'requests_processed' | 'responses_sent' | 'retries';
type ErrorName = 'signature_validation_failures' | 'timeout_errors' | 'processing_errors';
type TimeName = 'p50' | 'p95' | 'p99';

export interface MetricsColumnsOptions {
  readonly unit: MetricsUnit;
  readonly isOfEachBot: boolean;
  readonly bots: Pick<Bots, 'names' | 'shared'>;
  /** The address that shows the row in full. */
  readonly linkOf: (row: MetricsRow) => string;
}

/** Widths make all of a size of screen fit on the smallest screen of it. */
export function metricsColumns(options: MetricsColumnsOptions): MetricsColumn[] {
  const { isOfEachBot } = options;
  return [
    whenColumn(options),
    ...(isOfEachBot ? [botColumn(options)] : []),
    count('events', 'Events', {}),
    count('errors', 'Errors', { hideBelow: 'tablet' }),
    {
      id: 'rate',
      title: 'Rate',
      hint: 'Share of errors among the events',
      width: 'minmax(44px, 0.7fr)',
      align: 'end',
      render: ({ error_rate, errors }) => <Figure text={error_rate} isNothing={errors === 0} />,
    },
    ...(isOfEachBot
      ? []
      : [
          count('requests_processed', 'Processed', { hideBelow: 'wide' }),
          count('responses_sent', 'Responses', { hideBelow: 'wide' }),
        ]),
    count('retries', 'Retries', { hideBelow: 'desktop' }),
    count('signature_validation_failures', 'Signatures', {
      hideBelow: 'wide',
      hint: 'Deliveries with a wrong secret, or none',
    }),
    count('timeout_errors', 'Timeouts', { hideBelow: 'wide' }),
    count('processing_errors', 'Failures', {
      hideBelow: 'wide',
      hint: 'Processing errors except timeouts',
    }),
    time('p50', { hideBelow: 'desktop' }),
    time('p95', isOfEachBot ? { hideBelow: 'desktop' } : {}),
    time('p99', { hideBelow: 'desktop' }),
  ];
}

function whenColumn({ unit, bots, linkOf }: MetricsColumnsOptions): MetricsColumn {
  return {
    id: 'when',
    title: { minute: 'Minute', hour: 'Hour', day: 'Day, UTC' }[unit],
    width: 'minmax(76px, 1.1fr)',
    render: (row) => (
      <a class="row-link" draggable={false} href={linkOf(row)}>
        <RowTime start={row.start} unit={unit} />
        {/* Read aloud alone, the links of an hour are told apart. */}
        {row.bot_id !== null && (
          <span class="visually-hidden"> {bots.names.get(row.bot_id) ?? row.bot_id}</span>
        )}
      </a>
    ),
  };
}

function botColumn({ bots: { names, shared } }: MetricsColumnsOptions): MetricsColumn {
  return {
    id: 'bot',
    title: 'Bot',
    width: 'minmax(60px, 1.6fr)',
    render: ({ bot_id }) =>
      bot_id !== null && (
        <span title={bot_id}>
          <BotName id={bot_id} name={names.get(bot_id) ?? bot_id} isShared={shared.has(bot_id)} />
        </span>
      ),
  };
}

function count(
  name: CountName | ErrorName,
  title: string,
  more: Pick<MetricsColumn, 'hideBelow' | 'hint'>,
): MetricsColumn {
  return {
    id: name,
    title,
    width: 'minmax(48px, 0.8fr)',
    align: 'end',
    render: (row) => <Figure text={formatCount(row[name])} isNothing={row[name] === 0} />,
    ...more,
  };
}

function time(name: TimeName, more: Pick<MetricsColumn, 'hideBelow'>): MetricsColumn {
  return {
    id: name,
    title: name,
    hint: `${name.slice(1)} of 100 updates took less processing time`,
    width: 'minmax(56px, 0.8fr)',
    align: 'end',
    render: (row) => {
      const timeMs = row[`${name}_processing_time_ms`];
      return <Figure text={formatMs(timeMs)} isNothing={timeMs === null} />;
    },
    ...more,
  };
}

/** What is nothing steps back, so that what is something is seen. */
function Figure({ text, isNothing }: { readonly text: string; readonly isNothing: boolean }) {
  return <span class={isNothing ? 'metrics-nothing' : undefined}>{text}</span>;
}
