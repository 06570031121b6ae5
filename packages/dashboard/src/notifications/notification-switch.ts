/** Whether this browser notifies of alerts: switched on by somebody, and allowed by the browser. */
import { useEffect, useState } from 'preact/hooks';

const STORAGE_KEY = 'hookpulse-notifications';
/** The alerts that were notified, for the tab that takes over. */
export const NOTIFIED_KEY = 'hookpulse-notified-alerts';
const ON = 'on';
const CHANGED = 'hookpulse:notifications';

/** Whether the browser has refused to construct a notification. */
let isRefused = false;

type NotificationSwitch = 'on' | 'off' | 'blocked' | 'unsupported';

export function useNotificationSwitch(): NotificationSwitch {
  const [state, setState] = useState(readSwitch);
  useEffect(() => {
    const update = () => setState(readSwitch());
    window.addEventListener(CHANGED, update);
    // Another tab has switched it.
    window.addEventListener('storage', update);
    return () => {
      window.removeEventListener(CHANGED, update);
      window.removeEventListener('storage', update);
    };
  }, []);
  return state;
}

/** To be called by a click: only then browsers ask. */
export async function switchOn(): Promise<NotificationSwitch> {
  if (!canConstruct()) {
    giveUpNotifying();
    return readSwitch();
  }
  if ((await Notification.requestPermission()) === 'granted') {
    localStorage.setItem(STORAGE_KEY, ON);
  }
  window.dispatchEvent(new Event(CHANGED));
  return readSwitch();
}

export function switchOff(): void {
  // Who switches it on again begins anew.
  forgetNotified();
  localStorage.removeItem(STORAGE_KEY);
  window.dispatchEvent(new Event(CHANGED));
}

/** Names of bots and alerts are not for the next who looks. */
export function forgetNotified(): void {
  localStorage.removeItem(NOTIFIED_KEY);
}

/**
 * A notification failed to be shown: browsers of phones have the constructor, and only throw. Until the
 * page is loaded again this browser counts as one that cannot notify.
 */
export function giveUpNotifying(): void {
  isRefused = true;
  window.dispatchEvent(new Event(CHANGED));
}

/** Shown to nobody: not yet allowed, or closed at once. */
function canConstruct(): boolean {
  try {
    new Notification('Hookpulse', { silent: true }).close();
    return true;
  } catch {
    return false;
  }
}

/** Browsers notify on secure addresses only, and need locks for one notification from several tabs. */
function readSwitch(): NotificationSwitch {
  if (isRefused || !('Notification' in window) || !('locks' in navigator)) return 'unsupported';
  if (Notification.permission === 'denied') return 'blocked';
  const isOn = localStorage.getItem(STORAGE_KEY) === ON;
  return isOn && Notification.permission === 'granted' ? 'on' : 'off';
}
