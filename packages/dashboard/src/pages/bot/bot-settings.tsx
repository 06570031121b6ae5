/** How the bot is registered, and what its alerts are judged by. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import { useResource } from '../../api/resources.ts';
import { formatMs, formatPercent } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { Fact, FactList } from './fact-list.tsx';

const REFRESH_MS = 30_000;

export function BotSettings({ botId }: { readonly botId: string }) {
  const resource = useResource<BotDetails>(`/api/bots/${encodeURIComponent(botId)}`, {
    refreshMs: REFRESH_MS,
  });
  const { data: bot } = resource;
  if (!bot) {
    return (
      <Card title="Settings">
        {resource.error ? (
          <PanelError resource={resource} what="Settings" />
        ) : (
          <Skeleton height={160} />
        )}
      </Card>
    );
  }
  const { high_error_rate, no_traffic, signature_failures, slow_processing } = bot.effective_alerts;
  const { forwarding_stuck, receivers } = bot.effective_alerts;
  const slow = slow_processing.limit_ms;
  const silent = no_traffic.after_seconds;
  return (
    <Card title="Settings">
      <PanelError resource={resource} what="Settings" />
      <FactList>
        <Fact term="Id">
          <code>{bot.bot_id}</code>
        </Fact>
        <Fact term="Deliveries">
          {bot.enabled ? (
            <ToneBadge tone="good">Enabled</ToneBadge>
          ) : (
            <ToneBadge tone="idle">Disabled</ToneBadge>
          )}
        </Fact>
        <Fact term="Registered">
          <Time at={bot.created_at} as="full" />
        </Fact>
        <Fact term="Error alert">
          above {formatPercent(high_error_rate.threshold * 100)} of more than{' '}
          {high_error_rate.min_events} events
        </Fact>
        <Fact term="No-traffic alert">
          {silent === null
            ? 'after a window without events'
            : `after ${formatSpan(silent * 1_000)}`}
        </Fact>
        <Fact term="Signature alert">above {signature_failures.threshold}</Fact>
        <Fact term="Slow-processing alert">
          {slow === null ? 'off' : `when p95 is above ${formatMs(slow)}`}
        </Fact>
        {bot.forward && (
          <Fact term="Forwarding alert">
            when an update waits for over {formatSpan(forwarding_stuck.max_age_seconds * 1_000)}
          </Fact>
        )}
        <Fact term="Mails go to">
          {receivers.length > 0 ? receivers.join(', ') : 'nobody: set a receiver'}
        </Fact>
      </FactList>
    </Card>
  );
}
