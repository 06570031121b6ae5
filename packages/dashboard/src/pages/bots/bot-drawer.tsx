/** One bot to be changed: its name and state, its alerts, its secrets. */
import type { BotDetails } from '@hookpulse/query-api/domain/bot-view';
import { Bot } from 'lucide';
import { resources, useResource } from '../../api/resources.ts';
import { useUrlState } from '../../state/url-state.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { AlertsSection } from './alerts-section.tsx';
import './bot-drawer.css';
import { BotState } from './bot-columns.tsx';
import { GeneralSection } from './general-section.tsx';
import { SecretsSection } from './secrets-section.tsx';

const REFRESH_MS = 15_000;
const NOT_FOUND = 404;

const SECTIONS = ['general', 'alerts', 'secrets'] as const;
const OPTIONS = [
  { value: 'general', title: 'General' },
  { value: 'alerts', title: 'Alerts' },
  { value: 'secrets', title: 'Secrets' },
] as const;

export interface BotDrawerProps {
  readonly botId: string;
  readonly onClose: () => void;
}

export function BotDrawer({ botId, onClose }: BotDrawerProps) {
  const path = `/api/bots/${encodeURIComponent(botId)}`;
  const { data, error, isPrevious } = useResource<BotDetails>(path, { refreshMs: REFRESH_MS });
  const bot = isPrevious ? null : data;
  return (
    <Drawer
      title={bot?.name ?? botId}
      beside={bot && <BotState isEnabled={bot.enabled} />}
      onClose={onClose}
    >
      {bot ? (
        <BotSections key={bot.bot_id} bot={bot} onClose={onClose} />
      ) : error?.statusCode === NOT_FOUND ? (
        <EmptyState title="There is no such bot" icon={Bot}>
          It may have been deleted. Who did so is told by the <a href="/bots?tab=audit">audit</a>.
        </EmptyState>
      ) : error ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : (
        <Skeleton height={320} />
      )}
    </Drawer>
  );
}

interface BotSectionsProps {
  readonly bot: BotDetails;
  readonly onClose: () => void;
}

function BotSections({ bot, onClose }: BotSectionsProps) {
  const url = useUrlState();
  const section = url.oneOf('section', SECTIONS);
  return (
    <>
      <div class="drawer-bar">
        <Segmented
          label="What of the bot"
          options={OPTIONS}
          value={section}
          onChange={(next) => url.set({ section: next === SECTIONS[0] ? null : next })}
        />
        <LinkButton href={`/bots/${bot.bot_id}`}>Go to the bot</LinkButton>
      </div>
      {section === 'general' && <GeneralSection bot={bot} onDeleted={onClose} />}
      {section === 'alerts' && <AlertsSection bot={bot} />}
      {section === 'secrets' && <SecretsSection botId={bot.bot_id} />}
    </>
  );
}
