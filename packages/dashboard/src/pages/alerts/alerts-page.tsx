/** `/alerts`: what fires, what has fired, what is silenced, and by what is judged. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { BellOff } from 'lucide';
import { useState } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { useBots } from '../../bot-choice/use-bots.ts';
import { formatCount } from '../../format/numbers.ts';
import { NotificationButton } from '../../notifications/notification-button.tsx';
import { useUrlState } from '../../state/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { UrlTabs } from '../../ui/url-tabs.tsx';
import { AlertDrawer } from './alert-drawer.tsx';
import { FIRING_PATH, placeOf } from './alert-queries.ts';
import { FiringView } from './firing-view.tsx';
import { FleetSettings } from './fleet-settings.tsx';
import { HistoryView } from './history-view.tsx';
import { SilenceDialog } from './silence-dialog.tsx';
import { SILENCES_PATH, type SilencesAnswer, SilencesView } from './silences-view.tsx';

const REFRESH_MS = 5_000;
const SILENCES_REFRESH_MS = 15_000;
const OWN_TABS = ['firing', 'history', 'silences'] as const;
const TABS = [...OWN_TABS, 'settings'] as const;

/** `new`: a silence that is of no alert. */
type Silencing = AlertView | 'new' | null;

export function AlertsPage() {
  const url = useUrlState();
  const { writes, bots: own } = useSession();
  const [silencing, setSilencing] = useState<Silencing>(null);
  const firing = useResource<ListAnswer<'alerts', AlertView>>(FIRING_PATH, {
    refreshMs: REFRESH_MS,
  });
  const silences = useResource<SilencesAnswer>(SILENCES_PATH, { refreshMs: SILENCES_REFRESH_MS });
  const { shared } = useBots();
  // A viewer of some bots may not see the settings of all bots.
  const tabs = own === null ? TABS : OWN_TABS;
  const open = url.oneOf('tab', tabs);
  const place = placeOf(url.get('alert'));
  const onSilence = writes ? setSilencing : null;
  return (
    <>
      <PageHeader
        title="Alerts"
        resource={firing}
        actions={
          <>
            <NotificationButton />
            {writes && (
              <Button icon={BellOff} onClick={() => setSilencing('new')}>
                New silence
              </Button>
            )}
          </>
        }
      />
      <UrlTabs
        label="Alert views"
        open={open}
        tabs={[
          { value: 'firing', title: 'Firing', count: firingIn(firing.data) },
          { value: 'history', title: 'History' },
          { value: 'silences', title: 'Silences', count: activeIn(silences.data) },
          ...(own === null ? [{ value: 'settings', title: 'Settings' }] : []),
        ]}
      />
      {open === 'firing' && <FiringView firing={firing} shared={shared} onSilence={onSilence} />}
      {open === 'history' && <HistoryView />}
      {open === 'silences' && <SilencesView silences={silences} />}
      {open === 'settings' && <FleetSettings />}
      {place && (
        <AlertDrawer
          place={place}
          isNameShared={shared.has(place.bot_id)}
          onSilence={onSilence}
          onClose={() => url.set({ alert: null }, true)}
        />
      )}
      {silencing && (
        <SilenceDialog
          alert={silencing === 'new' ? null : silencing}
          onClose={() => setSilencing(null)}
        />
      )}
    </>
  );
}

/** Null: not known yet. */
function firingIn(answer: ListAnswer<'alerts', AlertView> | null): number | string | null {
  const count = answer?.alerts.length ?? null;
  return answer?.next_cursor ? `${formatCount(answer.alerts.length)}+` : count;
}

/** Null: not known yet, or none. */
function activeIn(answer: SilencesAnswer | null): number | null {
  return answer?.silences.filter(({ active }) => active).length || null;
}
