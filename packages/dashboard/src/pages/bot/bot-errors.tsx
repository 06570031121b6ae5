/** What fails: errors of the last 24 hours by kind, and for signed-in users by group. */
import type { BotHealth } from '@hookpulse/api/bot-health';
import type { ErrorGroups } from '@hookpulse/api/error-groups';
import { useResource } from '../../api/resources.ts';
import { serverNow } from '../../api/server-clock.ts';
import { useSession } from '../../api/session.tsx';
import { formatCount } from '../../format/numbers.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { groupsPath } from '../errors/error-queries.ts';
import { ErrorTitle } from '../errors/error-title.tsx';
import { ERROR_STATE_TONES, ERROR_STATE_WORDS } from '../errors/error-words.ts';
import './bot-errors.css';

const REFRESH_MS = 15_000;
const SHOWN_GROUPS = 5;

interface Bar {
  readonly name: string;
  readonly count: number;
}

export function BotErrors({ health }: { readonly health: BotHealth }) {
  const { reads } = useSession();
  const { bot_id } = health;
  const query = {
    filter: { bot_id, error_type: '', update_type: '' },
    range: { kind: 'preset', preset: '24h' },
  } as const;
  const resource = useResource<ErrorGroups>(reads ? groupsPath(query, '', serverNow()) : null, {
    refreshMs: REFRESH_MS,
  });
  const page = (more: Readonly<Record<string, string>> = {}) =>
    `/errors?${new URLSearchParams({ bot_id, ...more })}`;
  const shown = resource.data?.groups.slice(0, SHOWN_GROUPS) ?? [];
  return (
    <Card
      title="Errors"
      aside={reads && <LinkButton href={page()}>All errors of this bot</LinkButton>}
    >
      <div class="errors">
        <Bars title="Last 24 hours" bars={kindsOf(health.hourly)} />
        {reads && <PanelError resource={resource} what="Groups of errors" />}
        {shown.length > 0 && (
          <div>
            <h3 class="errors-title">Largest groups</h3>
            <ul class="error-groups">
              {shown.map((group) => (
                <li key={group.fingerprint}>
                  <a href={page({ error: group.fingerprint, state: 'all' })}>
                    <ErrorTitle group={group} />
                  </a>
                  <span class="error-groups-facts">
                    <ToneBadge tone={ERROR_STATE_TONES[group.state]}>
                      {ERROR_STATE_WORDS[group.state]}
                    </ToneBadge>
                    <span>{formatCount(group.count)}</span>
                    <span>{group.share}</span>
                  </span>
                </li>
              ))}
            </ul>
          </div>
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
            <span class="error-name">{name}</span>
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
