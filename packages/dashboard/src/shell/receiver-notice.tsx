/** Says on every page that nobody hears of alerts, until it is mended. */
import type { NotificationView } from '@hookpulse/api/notification-view';
import { BellOff } from 'lucide';
import { useResource } from '../api/resources.ts';
import { useSession } from '../api/session.tsx';
import { NOTIFICATIONS_PATH, troubleOf } from '../format/notification-words.ts';
import { LinkButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import './notice.css';

const REFRESH_MS = 30_000;
const SETTINGS = '/alerts?tab=settings';

export function ReceiverNotice() {
  const { reads, writesAll } = useSession();
  const { data } = useResource<NotificationView>(reads ? NOTIFICATIONS_PATH : null, {
    refreshMs: REFRESH_MS,
  });
  const trouble = reads && data ? troubleOf(data) : null;
  return (
    <div role="status">
      {trouble && (
        <div class="notice">
          <Icon icon={BellOff} />
          <span>{trouble.text}</span>
          {writesAll && trouble.isMendedHere && (
            <LinkButton kind="quiet" href={SETTINGS}>
              Set a receiver
            </LinkButton>
          )}
        </div>
      )}
    </div>
  );
}
