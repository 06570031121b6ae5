/** What the list tells of each group of errors. */
import type { ErrorGroup } from '@hookpulse/api/error-groups';
import { formatCount, percentOf } from '../../format/numbers.ts';
import type { Column } from '../../ui/column.ts';
import { PhoneMark } from '../../ui/phone-mark.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { ErrorTitle } from './error-title.tsx';
import { ERROR_STATE_TONES, ERROR_STATE_WORDS, type ShownSpan, shortLine } from './error-words.ts';

const PIECES = 48;

export interface ErrorColumnsOptions {
  /** Where a row leads to: the group in full. */
  readonly linkOf: (group: ErrorGroup) => string;
  /** Where its count leads to: its events. */
  readonly eventsOf: (group: ErrorGroup) => string;
  readonly span: ShownSpan;
}

export function errorColumns({
  linkOf,
  eventsOf,
  span,
}: ErrorColumnsOptions): Column<ErrorGroup>[] {
  return [
    {
      id: 'error',
      title: 'Error',
      width: 'minmax(120px, 4fr)',
      render: (group) => (
        <>
          <PhoneMark tone={ERROR_STATE_TONES[group.state]} word={group.state} />
          <a
            class="row-link"
            draggable={false}
            href={linkOf(group)}
            title={group.error_message ?? undefined}
          >
            <ErrorTitle group={group} />
          </a>
        </>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '100px',
      hideBelow: 'tablet',
      render: ({ state }) => (
        <ToneBadge tone={ERROR_STATE_TONES[state]}>{ERROR_STATE_WORDS[state]}</ToneBadge>
      ),
    },
    {
      id: 'line',
      title: 'Trend',
      hint: 'Events of the range over time',
      width: '124px',
      hideBelow: 'desktop',
      render: (group) => (
        <Sparkline
          values={shortLine(group, span, PIECES)}
          label={`${formatCount(group.count)} events`}
        />
      ),
    },
    {
      id: 'count',
      title: 'Events',
      width: 'minmax(56px, 84px)',
      align: 'end',
      compare: (a, b) => a.count - b.count,
      render: (group) => (
        <a class="error-count" href={eventsOf(group)}>
          {formatCount(group.count)}
        </a>
      ),
    },
    {
      id: 'share',
      title: 'Share',
      hint: 'Of all failures in the range',
      width: '72px',
      align: 'end',
      hideBelow: 'tablet',
      compare: (a, b) => percentOf(a.share) - percentOf(b.share),
      render: ({ share }) => share,
    },
    {
      id: 'bots',
      title: 'Bots',
      width: '60px',
      align: 'end',
      hideBelow: 'tablet',
      compare: (a, b) => a.bot_count - b.bot_count,
      render: ({ bot_count }) => formatCount(bot_count),
    },
    {
      id: 'first',
      title: 'First seen',
      width: '96px',
      align: 'end',
      hideBelow: 'desktop',
      compare: (a, b) => (a.first_seen < b.first_seen ? -1 : 1),
      render: ({ first_seen }) => <Time at={first_seen} />,
    },
    {
      id: 'last',
      title: 'Last seen',
      width: '96px',
      align: 'end',
      hideBelow: 'tablet',
      compare: (a, b) => (a.last_seen < b.last_seen ? -1 : 1),
      render: ({ last_seen }) => <Time at={last_seen} />,
    },
  ];
}
