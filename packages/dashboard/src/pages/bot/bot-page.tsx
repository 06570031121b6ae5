/** `/bots/:bot_id`: one bot, how it is and why, what it did, and how it is set up. */
import type { BotHealth } from '@hookpulse/api/bot-health';
import type { NotificationView } from '@hookpulse/api/notification-view';
import { Bot } from 'lucide';
import { useRoute } from 'preact-iso';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { LinkButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { STATUS_TONES, StatusBadge } from '../../ui/status-badge.tsx';
import { BotAlerts } from './bot-alerts.tsx';
import { BotCharts } from './bot-charts.tsx';
import { BotDelivery } from './bot-delivery.tsx';
import { BotErrors } from './bot-errors.tsx';
import { BotEvents } from './bot-events.tsx';
import { BotFigures } from './bot-figures.tsx';
import './bot-page.css';
import { CauseLink } from '../../error-causes/cause-link.tsx';
import { useCauses } from '../../error-causes/use-causes.ts';
import { NOTIFICATIONS_PATH } from '../../format/notification-words.ts';
import { SetupChecklist } from '../../setup-checklist/setup-checklist.tsx';
import { stepsOfBot } from '../../setup-checklist/setup-steps.ts';
import { BotSettings } from './bot-settings.tsx';
import { BotSetup } from './bot-setup.tsx';
import { verdictOf } from './bot-verdict.ts';

const REFRESH_MS = 3_000;
const NOTIFICATIONS_REFRESH_MS = 30_000;
const NOT_FOUND = 404;

export function BotPage() {
  const { bot_id = '' } = useRoute().params;
  const path = `/api/health/webhook/${encodeURIComponent(bot_id)}/`;
  const resource = useResource<BotHealth>(path, { refreshMs: REFRESH_MS });
  // Of this bot, not of the one that was looked at before.
  const health = resource.isPrevious ? null : resource.data;
  const { error } = resource;
  return (
    <>
      <PageHeader
        title={health?.bot_name ?? bot_id}
        above={<a href="/">← Fleet</a>}
        beside={
          health && (
            <>
              {health.bot_name !== bot_id && <code class="page-id">{bot_id}</code>}
              <StatusBadge status={health.status} />
            </>
          )
        }
        resource={resource}
        actions={<CopyButton text={bot_id} what="the bot's id" />}
      />
      {!health && error?.statusCode === NOT_FOUND && <UnknownBot />}
      {!health && error && error.statusCode !== NOT_FOUND && (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      )}
      {!health && !error && <Skeleton height={320} />}
      {health && <BotContent key={bot_id} health={health} />}
    </>
  );
}

function BotContent({ health }: { readonly health: BotHealth }) {
  const { reads } = useSession();
  const { bot_id: botId, webhook_registered: isRegistered } = health;
  const cause = useCauses(botId).get(botId);
  const { data: notifications } = useResource<NotificationView>(reads ? NOTIFICATIONS_PATH : null, {
    refreshMs: NOTIFICATIONS_REFRESH_MS,
  });
  return (
    <div class="bot">
      <div class={`bot-verdict tone-${verdictTone(health)}`}>
        {cause && health.last_15_minutes.errors > 0 && (
          <p class="bot-cause">
            <CauseLink cause={cause} botId={botId} />
          </p>
        )}
        <p>{verdictOf(health)}</p>
      </div>
      {health.warnings.map(({ kind, message }) => (
        <p key={kind} class="bot-verdict tone-warn" role="status">
          {message}
        </p>
      ))}
      {reads && <SetupChecklist steps={stepsOfBot(health, notifications)} />}
      {!isRegistered && <BotSetup botId={botId} />}
      <BotCharts health={health} />
      <div class="bot-columns">
        <BotFigures health={health} />
        <BotErrors health={health} />
      </div>
      <BotAlerts health={health} />
      {reads && health.delivery_mode === 'forward' && (
        <BotDelivery botId={botId} botName={health.bot_name} />
      )}
      {reads ? <BotEvents botId={botId} /> : <SignInForMore botId={botId} />}
      {reads && <BotSettings botId={botId} />}
      {isRegistered && <BotSetup botId={botId} />}
    </div>
  );
}

/** Nothing is green while an alert fires. */
function verdictTone({ status, alerts }: BotHealth) {
  const tone = STATUS_TONES[status];
  return tone === 'good' && alerts.length > 0 ? 'warn' : tone;
}

function SignInForMore({ botId }: { readonly botId: string }) {
  const next = encodeURIComponent(`/bots/${botId}`);
  return (
    <p class="bot-more">
      Sign in to see events, past alerts and settings.{' '}
      <LinkButton href={`/sign-in?next=${next}`}>Sign in</LinkButton>
    </p>
  );
}

function UnknownBot() {
  return (
    <EmptyState
      title="Bot not found"
      icon={Bot}
      actions={<LinkButton href="/">Go to the fleet</LinkButton>}
    >
      It may have been deleted. Its stored events and metrics can still be found.
    </EmptyState>
  );
}
