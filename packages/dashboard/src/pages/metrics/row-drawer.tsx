/** An hour or a day in full: every count and time, and the ways to what it consists of. */
import type { MetricsRow, MetricsUnit } from '@hookpulse/api/metrics-row';
import { useState } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { resources, useResource } from '../../api/resources.ts';
import type { Bots } from '../../bot-choice/use-bots.ts';
import { formatUtc } from '../../format/times.ts';
import { urlOfRange } from '../../state/time-range.ts';
import { changedSearch } from '../../state/url-state.ts';
import { botNameText } from '../../ui/bot-name.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Time } from '../../ui/time.tsx';
import { METRIC_GROUPS } from './metric-fields.ts';
import { pagePath, UNIT_MS } from './metrics-query.ts';
import './row-drawer.css';
import { serverNow } from '../../api/server-clock.ts';
import { type RowPlace, rowQuery, rowSpan } from './row-place.ts';
import { rowTimeText } from './row-time.tsx';

const REFRESH_MS = 30_000;

export interface RowDrawerProps {
  readonly place: RowPlace;
  readonly unit: MetricsUnit;
  readonly bots: Pick<Bots, 'names' | 'shared'>;
  readonly onClose: () => void;
}

export function RowDrawer({ place, unit, bots, onClose }: RowDrawerProps) {
  const { startMs, botId } = place;
  // Its span has an end: it asks for the same whenever that is.
  const [nowMs] = useState(serverNow);
  const path = pagePath(rowQuery(place, unit), nowMs, '');
  const resource = useResource<ListAnswer<'metrics', MetricsRow>>(path, {
    refreshMs: REFRESH_MS,
  });
  const { data, error, isPrevious } = resource;
  const row = isPrevious ? undefined : data?.metrics[0];
  const botTitle =
    botId === null
      ? 'All bots'
      : botNameText({
          id: botId,
          name: bots.names.get(botId) ?? botId,
          isShared: bots.shared.has(botId),
        });
  return (
    <Drawer title={`${botTitle}, ${rowTimeText(startMs, unit)}`} onClose={onClose}>
      <p class="row-span">
        {formatUtc(startMs)} to {formatUtc(startMs + UNIT_MS[unit])}
      </p>
      {row && <PanelError resource={resource} what="Figures" />}
      {row ? (
        <RowContent row={row} place={place} unit={unit} botTitle={botTitle} />
      ) : error ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : data && !isPrevious ? (
        <EmptyState title="Row not found">
          There were no events then, or the history of the bot was erased.
        </EmptyState>
      ) : (
        <Skeleton height={320} />
      )}
    </Drawer>
  );
}

type RowContentProps = Pick<RowDrawerProps, 'place' | 'unit'> & {
  readonly row: MetricsRow;
  readonly botTitle: string;
};

function RowContent({ row, place, unit, botTitle }: RowContentProps) {
  const events = changedSearch('', {
    bot_id: row.bot_id,
    ...urlOfRange(rowSpan(place, unit), 'all'),
  });
  return (
    <>
      <div class="row-ways">
        <LinkButton href={`/events${events}`}>Events of this bot</LinkButton>
        {row.bot_id !== null && (
          <LinkButton href={`/bots/${row.bot_id}`}>Go to {botTitle}</LinkButton>
        )}
      </div>
      {METRIC_GROUPS.map(({ title, fields }) => (
        <section key={title} class="row-group">
          <h3>{title}</h3>
          <dl>
            {fields.map((field) => (
              <div key={field.name}>
                <dt>{field.title}</dt>
                <dd>{field.text(row)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p class="row-span">
        Last event <Time at={row.last_event_at} as="full" />
      </p>
    </>
  );
}
