/** Notifies where it is switched on and somebody may read alerts: beside every page, the one on a wall too. */
import { ErrorBoundary, lazy } from 'preact-iso';
import { useSession } from '../api/session.tsx';
import { useNotificationSwitch } from './notification-switch.ts';

const AlertNotifier = lazy(() =>
  import('./alert-notifier.tsx').then((notifier) => notifier.AlertNotifier),
);

export function Notifier() {
  const { reads, endedTo } = useSession();
  const isOn = useNotificationSwitch() === 'on';
  // After the session has ended, every request would be refused.
  if (!isOn || !reads || endedTo !== null) return null;
  return (
    <ErrorBoundary>
      <AlertNotifier />
    </ErrorBoundary>
  );
}
