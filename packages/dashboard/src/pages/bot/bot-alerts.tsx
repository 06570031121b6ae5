/** Firing alerts, and for signed-in users those that have fired before. */
import type { AlertView } from '@hookpulse/api/alert-view';
import type { BotHealth } from '@hookpulse/api/bot-health';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { ruleTitle } from '../../format/alert-rules.ts';
import { formatSpan } from '../../format/times.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import './bot-alerts.css';

const REFRESH_MS = 15_000;
const NEWEST = 5;

export function BotAlerts({ health }: { readonly health: BotHealth }) {
  const { reads } = useSession();
  const query = new URLSearchParams({
    bot_id: health.bot_id,
    state: 'resolved',
    limit: String(NEWEST),
  });
  const resolved = useResource<ListAnswer<'alerts', AlertView>>(
    reads ? `/api/alerts?${query}` : null,
    { refreshMs: REFRESH_MS },
  );
  const past = resolved.data?.alerts ?? [];
  if (health.alerts.length === 0 && past.length === 0 && !resolved.error) return null;
  return (
    <Card
      title="Alerts"
      aside={
        reads && (
          <LinkButton href={`/alerts?tab=history&bot_id=${health.bot_id}`}>All alerts</LinkButton>
        )
      }
      isFlush
    >
      <PanelError resource={resolved} what="Past alerts" />
      <ul class="bot-alerts">
        {health.alerts.map((alert) => (
          <li key={alert.alert_id}>
            <ToneBadge tone="bad">{alert.silenced ? 'Firing, silenced' : 'Firing'}</ToneBadge>
            <strong>{ruleTitle(alert.rule)}</strong>
            <span class="bot-alert-reason">
              {alert.reason} As of <Time at={alert.as_of} as="short" />.
            </span>
            <span class="bot-note">
              since <Time at={alert.fired_at} as="short" />
            </span>
          </li>
        ))}
        {past.map((alert) => (
          <li key={alert.alert_id}>
            <ToneBadge tone="idle">Resolved</ToneBadge>
            <strong>{ruleTitle(alert.rule)}</strong>
            <span class="bot-alert-reason">{alert.transitions[0]?.reason}</span>
            <span class="bot-note">
              <Time at={alert.fired_at} as="short" />, for{' '}
              {formatSpan(alert.duration_seconds * 1_000)}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
