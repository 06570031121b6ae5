/** What keeps alerts from being heard of, in words. */
import type { NotificationView } from '@hookpulse/api/notification-view';

export const NOTIFICATIONS_PATH = '/api/notifications';

export interface NotificationTrouble {
  readonly text: string;
  /** Whether the dashboard's settings can mend it; else the environment does. */
  readonly isMendedHere: boolean;
}

/** Null: somebody is notified, or it is switched off on purpose. */
export function troubleOf(view: NotificationView): NotificationTrouble | null {
  const { channel, receivers, bots_without_receivers: count } = view;
  if (channel === 'off') return null;
  const files = 'Alerts are written to files until SMTP_URL is set.';
  if (receivers === 0) {
    const whose = count === 0 ? '' : ` of ${count === 1 ? '1 bot' : `${count} bots`}`;
    const nobody = `Alerts${whose} reach nobody. Set a receiver.`;
    return { text: channel === 'file' ? `${nobody} ${files}` : nobody, isMendedHere: true };
  }
  return channel === 'file' ? { text: `${files} No mail is sent.`, isMendedHere: false } : null;
}
