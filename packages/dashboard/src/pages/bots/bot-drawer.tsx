/** One bot to be changed: its name and state, its alerts, its secrets. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import { Bot } from 'lucide';
import { useContext, useRef } from 'preact/hooks';
import type { Versioned } from '../../api/client.ts';
import { resources, useResource, type WatchedResource } from '../../api/resources.ts';
import { unsavedIn } from '../../state/unsaved.ts';
import { useUrlState } from '../../state/url-state.ts';
import { ScopeContext, useLeave } from '../../state/use-unsaved.ts';
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
import { pathOfBot } from './write-bot.ts';

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
  const path = pathOfBot(botId);
  const bot = useResource<BotDetails>(path, { refreshMs: REFRESH_MS });
  const shown = bot.isPrevious ? null : bot.data;
  return (
    <Drawer
      title={shown?.name ?? botId}
      beside={shown && <BotState isEnabled={shown.enabled} />}
      onClose={onClose}
    >
      <BotContent key={botId} bot={bot} path={path} onClose={onClose} />
    </Drawer>
  );
}

interface BotContentProps {
  readonly bot: WatchedResource<BotDetails>;
  readonly path: string;
  readonly onClose: () => void;
}

function BotContent({ bot, path, onClose }: BotContentProps) {
  const { data, etag, error, isPrevious } = bot;
  const scope = useContext(ScopeContext);
  const before = useRef<Versioned<BotDetails> | null>(null);
  if (data && !isPrevious) before.current = { data, etag };
  const isGone = error?.statusCode === NOT_FOUND;
  // What is typed stays, to be copied; all else of a bot that is gone is not shown.
  const isKept = !isGone || unsavedIn(scope) !== null;
  if (before.current && isKept) {
    return (
      <>
        {isGone && (
          <p class="bot-gone" role="alert">
            This bot was deleted in the meantime. Your changes cannot be saved.
          </p>
        )}
        <BotSections known={before.current} onClose={onClose} />
      </>
    );
  }
  if (isGone) {
    return (
      <EmptyState title="Bot not found" icon={Bot}>
        It may have been deleted; the <a href="/bots?tab=audit">audit</a> shows by whom.
      </EmptyState>
    );
  }
  return error ? (
    <ErrorState error={error} retry={() => resources.refresh(path)} />
  ) : (
    <Skeleton height={320} />
  );
}

interface BotSectionsProps {
  readonly known: Versioned<BotDetails>;
  readonly onClose: () => void;
}

function BotSections({ known, onClose }: BotSectionsProps) {
  const { bot_id: botId } = known.data;
  const url = useUrlState();
  const leave = useLeave();
  const section = url.oneOf('section', SECTIONS);
  return (
    <>
      <div class="drawer-bar">
        <Segmented
          label="Sections of the bot"
          options={OPTIONS}
          value={section}
          onChange={(next) => leave(() => url.set({ section: next === SECTIONS[0] ? null : next }))}
        />
        <LinkButton href={`/bots/${botId}`}>Go to the bot</LinkButton>
      </div>
      {section === 'general' && <GeneralSection known={known} onDeleted={onClose} />}
      {section === 'alerts' && <AlertsSection known={known} />}
      {section === 'secrets' && <SecretsSection botId={botId} />}
    </>
  );
}
