/** `/bots`: which bots are registered; adding, changing and deleting them, who may do so, and who did. */
import { Plus } from 'lucide';
import { useMemo, useState } from 'preact/hooks';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { useUrlState } from '../../state/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { UrlTabs } from '../../ui/url-tabs.tsx';
import { SessionsView } from '../access/sessions-view.tsx';
import { TokensView } from '../access/tokens-view.tsx';
import { AuditView } from '../audit/audit-view.tsx';
import { StatusPagesView } from '../status-pages/status-pages-view.tsx';
import { AddBotDialog } from './add-bot-dialog.tsx';
import { AdoptBotDialog } from './adopt-bot-dialog.tsx';
import { BotDrawer } from './bot-drawer.tsx';
import './bots-page.css';
import { type BotsAnswer, BotsView } from './bots-view.tsx';
import { EraseDialog } from './erase-dialog.tsx';

const PATH = '/api/bots';
const REFRESH_MS = 15_000;
/** In the address: the dialog for a bot that exists. */
const ADOPT = 'adopt';
const TABS = ['bots', 'status-pages', 'sessions', 'tokens', 'audit'] as const;
/** Of those who do not administer. */
const OPEN_TABS: readonly string[] = ['bots', 'status-pages', 'sessions'];

export function BotsPage() {
  const url = useUrlState();
  const { writes, writesAll, administers } = useSession();
  const bots = useResource<BotsAnswer>(PATH, { refreshMs: REFRESH_MS });
  const [isErasing, setIsErasing] = useState(false);
  const botIds = useMemo(() => new Set(bots.data?.bots.map(({ bot_id }) => bot_id)), [bots.data]);
  const asked = url.oneOf('tab', TABS);
  const open = administers || OPEN_TABS.includes(asked) ? asked : 'bots';
  const edited = url.get('edit');
  const added = url.get('add');
  const close = () => url.set({ add: null, edit: null, section: null }, true);
  return (
    <>
      <PageHeader
        title="Bots"
        resource={bots}
        actions={
          writesAll && (
            <>
              <Button onClick={() => url.set({ add: ADOPT }, true)}>Adopt bot</Button>
              <Button kind="primary" icon={Plus} onClick={() => url.set({ add: '1' }, true)}>
                Add bot
              </Button>
            </>
          )
        }
      />
      <UrlTabs
        label="Administration views"
        open={open}
        tabs={[
          { value: 'bots', title: 'Bots', count: bots.data?.bots.length ?? null },
          { value: 'status-pages', title: 'Status pages' },
          { value: 'sessions', title: 'Sessions' },
          ...(administers
            ? [
                { value: 'tokens', title: 'Tokens' },
                { value: 'audit', title: 'Audit' },
              ]
            : []),
        ]}
      />
      {open === 'bots' && <BotsView bots={bots} />}
      {open === 'status-pages' && <StatusPagesView />}
      {open === 'sessions' && <SessionsView />}
      {open === 'tokens' && <TokensView />}
      {open === 'audit' && <AuditView />}
      {administers && open === 'bots' && (
        <p class="bots-foot">
          A deleted bot keeps its history.
          <Button kind="quiet" onClick={() => setIsErasing(true)}>
            Erase history…
          </Button>
        </p>
      )}
      {writesAll && added === ADOPT && <AdoptBotDialog onClose={close} />}
      {writesAll && added !== '' && added !== ADOPT && <AddBotDialog onClose={close} />}
      {writes && edited !== '' && <BotDrawer botId={edited} onClose={close} />}
      {isErasing && <EraseDialog botIds={botIds} onClose={() => setIsErasing(false)} />}
    </>
  );
}
