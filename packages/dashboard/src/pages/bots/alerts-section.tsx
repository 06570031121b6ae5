/** What alerts of one bot are judged and mailed by, where it differs from all bots. */
import type { AlertSettingsView } from '@hookpulse/api/alert-settings-view';
import type { BotDetails } from '@hookpulse/api/bot-view';
import { SettingsForm } from '../../alert-settings/settings-form.tsx';
import type { Versioned } from '../../api/client.ts';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { pathOfBot, refreshBots } from './write-bot.ts';

const FLEET_PATH = '/api/alert-settings';

export function AlertsSection({ known }: { readonly known: Versioned<BotDetails> }) {
  const { bots } = useSession();
  const seesFleet = bots === null;
  const { data: fleet, error } = useResource<AlertSettingsView>(seesFleet ? FLEET_PATH : null);
  if (seesFleet && !fleet) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh(FLEET_PATH)} />
    ) : (
      <Skeleton height={320} />
    );
  }
  return (
    <SettingsForm<BotDetails>
      path={pathOfBot(known.data.bot_id)}
      known={known}
      overridesOf={({ alerts }) => alerts}
      bodyOf={(alerts) => ({ alerts })}
      inherited={fleet?.effective ?? known.data.effective_alerts}
      inheritedName={fleet ? 'All bots' : 'In force'}
      errorPrefix="alerts."
      onSaved={refreshBots}
    />
  );
}
