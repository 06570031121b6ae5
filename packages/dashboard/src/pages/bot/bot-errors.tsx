/** What fails: errors of the last 24 hours by kind, and the newest ones by the type they were reported with. */

import type { BotHealth } from '@hookpulse/api/bot-health';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { useMemo } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { formatCount } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import './bot-errors.css';

const REFRESH_MS = 15_000;
/** Enough to see what is frequent. */
const NEWEST = 500;
const SHOWN_TYPES = 6;
const UNNAMED = 'without a type';

interface Bar {
  readonly name: string;
  readonly count: number;
}

export function BotErrors({ health }: { readonly health: BotHealth }) {
  const { reads } = useSession();
  const query = new URLSearchParams({
    bot_id: health.bot_id,
    status: 'failed',
    limit: String(NEWEST),
  });
  const newest = useResource<ListAnswer<'events', WebhookEvent>>(
    reads ? `/api/events?${query}` : null,
    { refreshMs: REFRESH_MS },
  );
  const { data } = newest;
  const kinds = kindsOf(health.hourly);
  const types = useMemo(() => countByType(data?.events ?? []).slice(0, SHOWN_TYPES), [data]);
  const count = data?.events.length ?? 0;
  return (
    <Card title="Errors by type">
      <div class="errors">
        <Bars title="Last 24 hours" bars={kinds} />
        {reads && <PanelError resource={newest} what="The newest errors" />}
        {types.length > 0 && (
          <Bars title={`Newest ${formatCount(count)}, as reported`} bars={types} />
        )}
      </div>
    </Card>
  );
}

function Bars({ title, bars }: { readonly title: string; readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <div>
      <h3 class="errors-title">{title}</h3>
      <ul>
        {bars.map(({ name, count }) => (
          <li key={name} class="error-bar">
            <span class="error-name" title={name}>
              {name}
            </span>
            <span>{formatCount(count)}</span>
            <span class="error-fill" style={{ width: `${(count / most) * 100}%` }} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function kindsOf(hours: BotHealth['hourly']): Bar[] {
  const sum = (of: (hour: BotHealth['hourly'][number]) => number) =>
    hours.reduce((total, hour) => total + of(hour), 0);
  return [
    { name: 'Processing', count: sum((hour) => hour.processing_errors) },
    { name: 'Timeout', count: sum((hour) => hour.timeout_errors) },
    { name: 'Signature', count: sum((hour) => hour.signature_validation_failures) },
  ];
}

/** Which types there are, and how often; the most frequent first. */
function countByType(events: readonly Pick<WebhookEvent, 'error_type'>[]): Bar[] {
  const counts = new Map<string, number>();
  for (const { error_type } of events) {
    const name = error_type ?? UNNAMED;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}
