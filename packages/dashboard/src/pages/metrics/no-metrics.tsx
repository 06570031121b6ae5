/** Where the chosen time has no rows: why that may be, and where some are. */
import { CalendarSearch } from 'lucide';
import { presetText, urlOfRange } from '../../state/time-range.ts';
import { useUrlState } from '../../state/url-state.ts';
import { LinkButton } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { METRICS_PRESETS, type MetricsQuery } from './metrics-query.ts';

export interface NoMetricsProps {
  readonly query: MetricsQuery;
  /** Of bots, by their ids. */
  readonly names: ReadonlyMap<string, string>;
}

export function NoMetrics({ query, names }: NoMetricsProps) {
  const url = useUrlState();
  const { subject, range } = query;
  const isAnyTime = range.kind === 'preset' && range.preset === 'all';
  const botId = subject.kind === 'bot' ? subject.botId : null;
  const ofBot = botId === null ? '' : ` of ${names.get(botId) ?? botId}`;
  const anyTime = url.link(urlOfRange({ kind: 'preset', preset: 'all' }, METRICS_PRESETS[0]));
  return (
    <EmptyState
      title={`No traffic${ofBot}${isAnyTime ? '' : ' in this range'}`}
      icon={CalendarSearch}
      actions={
        isAnyTime ? (
          <LinkButton href="/bots">Go to the bots</LinkButton>
        ) : (
          <LinkButton href={anyTime}>{presetText('all')}</LinkButton>
        )
      }
    >
      {adviceOf(botId, isAnyTime, botId !== null && names.has(botId))}
    </EmptyState>
  );
}

function adviceOf(botId: string | null, isAnyTime: boolean, isKnown: boolean): string {
  if (!isAnyTime) return 'Times without events have no row. Choose a longer or another range.';
  if (botId === null) return 'The first hour appears here with the first update of a bot.';
  return isKnown
    ? 'Its first hour appears here with its first update.'
    : 'No bot with this id is registered, and nothing is stored for it.';
}
