/** What alerts of all bots are judged and mailed by. */
import type { AlertSettingsView } from '@hookpulse/api/alert-settings-view';
import { SettingsForm } from '../../alert-settings/settings-form.tsx';
import { SettingsList } from '../../alert-settings/settings-list.tsx';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { NOTIFICATIONS_PATH } from '../../format/notification-words.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';

const PATH = '/api/alert-settings';
const REFRESH_MS = 30_000;

export function FleetSettings() {
  const { writesAll } = useSession();
  const resource = useResource<AlertSettingsView>(PATH, { refreshMs: REFRESH_MS });
  const { data, etag, error } = resource;
  if (!data) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh(PATH)} />
    ) : (
      <TableSkeleton />
    );
  }
  if (!writesAll) return <SettingsList overrides={data.overrides} effective={data.effective} />;
  return (
    <>
      <PanelError resource={resource} what="Settings" />
      <p class="alerts-intro">
        These settings apply to all bots. Leave a field empty to use the value from the environment.
        Overrides for a single bot are on its page under <a href="/bots">bots</a>.
      </p>
      <SettingsForm<AlertSettingsView>
        path={PATH}
        known={{ data, etag }}
        overridesOf={({ overrides }) => overrides}
        bodyOf={(patch) => patch}
        inherited={data.defaults}
        inheritedName="Default"
        onSaved={() => {
          resources.refresh(PATH);
          resources.refresh('/api/bots/');
          resources.refresh(NOTIFICATIONS_PATH);
        }}
      />
    </>
  );
}
