/**
 * Notifies of alerts that fire or are resolved while a tab is open, seen or not. Of several tabs one
 * does it, the one that holds a lock; when it is closed the next one goes on from where it was.
 */
import type { AlertView } from '@hookpulse/api/alert-view';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import type { ListAnswer } from '../api/answers.ts';
import { askApi } from '../api/client.ts';
import { useSession } from '../api/session.tsx';
import { ruleTitle } from '../format/alert-rules.ts';
import { FIRING_PATH, placeText } from '../pages/alerts/alert-queries.ts';
import { leaveScope, PAGE } from '../state/unsaved.ts';
import { showToast } from '../ui/toast.tsx';
import { alertChanges, type KnownAlerts, type NotifiedAlert } from './alert-changes.ts';
import { giveUpNotifying, NOTIFIED_KEY } from './notification-switch.ts';

const LOCK = 'hookpulse-notifications';
const ALL_BOTS = '*';
const POLL_MS = 10_000;
/** Changes since a state that is older are not notified. */
const KNOWN_FOR_MS = 600_000;
/** More at once are one storm, and one notification. */
const MAX_AT_ONCE = 5;

export function AlertNotifier() {
  const { route } = useLocation();
  const { bots } = useSession();
  // Of other bots the alerts have not ended, but are not seen.
  const seen = bots === null ? ALL_BOTS : bots.join(' ');
  useEffect(() => {
    const stopping = new AbortController();
    const open = (path: string) => {
      window.focus();
      leaveScope(PAGE, () => route(path));
    };
    navigator.locks
      .request(LOCK, { signal: stopping.signal }, () => watch(seen, open, stopping.signal))
      .catch(() => {
        // It was switched off while another tab held the lock.
      });
    return () => stopping.abort();
  }, [route, seen]);
  return null;
}

/** Until it is stopped. */
async function watch(
  seen: string,
  open: (path: string) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const answer = await askFiring(signal);
    if (answer && !signal.aborted) {
      const isWhole = answer.next_cursor === null;
      const { fired, resolved, known } = alertChanges(readKnown(seen), answer.alerts, isWhole);
      try {
        notify('fired', fired, open);
        notify('resolved', resolved, open);
      } catch {
        // Nothing is noted as told, so that the tab that goes on can tell it.
        giveUpNotifying();
        const text = 'An alert could not be notified of: this browser shows no notifications.';
        showToast({ tone: 'warn', text });
        return;
      }
      writeKnown(known, seen);
    }
    await pause(POLL_MS, signal);
  }
}

/** Null: the page says that nothing can be reached; the next try finds what was missed. */
function askFiring(signal: AbortSignal): Promise<ListAnswer<'alerts', AlertView> | null> {
  return askApi<ListAnswer<'alerts', AlertView>>(FIRING_PATH, { signal }).catch(() => null);
}

function notify(
  what: 'fired' | 'resolved',
  alerts: readonly NotifiedAlert[],
  open: (path: string) => void,
): void {
  if (alerts.length > MAX_AT_ONCE) {
    const verb = what === 'fired' ? 'fire' : 'are resolved';
    show(`${alerts.length} alerts ${verb}`, '', `storm ${what}`, () => open('/alerts'));
    return;
  }
  for (const alert of alerts) {
    const verb = what === 'fired' ? 'Alert' : 'Resolved';
    const path = `/alerts?alert=${encodeURIComponent(placeText(alert))}`;
    const title = `${verb}: ${ruleTitle(alert.rule)}`;
    show(title, alert.bot_name, `${alert.alert_id} ${what}`, () => open(path));
  }
}

/** @param tag - of those with the same one the browser shows the newest */
function show(title: string, body: string, tag: string, onClick: () => void): void {
  const notification = new Notification(title, { body, tag });
  notification.onclick = () => {
    notification.close();
    onClick();
  };
}

interface Stored {
  readonly atMs: number;
  /** Of which bots. */
  readonly seen: string;
  readonly alerts: readonly NotifiedAlert[];
}

/** Null: nothing, or it is too old, or of other bots. */
function readKnown(seen: string): KnownAlerts | null {
  try {
    const stored: Stored | null = JSON.parse(localStorage.getItem(NOTIFIED_KEY) ?? 'null');
    if (stored?.seen !== seen || Date.now() - stored.atMs > KNOWN_FOR_MS) return null;
    return new Map(stored.alerts.map((alert) => [alert.alert_id, alert]));
  } catch {
    return null;
  }
}

function writeKnown(known: KnownAlerts, seen: string): void {
  const alerts = [...known.values()].map(({ alert_id, bot_id, bot_name, rule, fired_at }) => ({
    ...{ alert_id, bot_id, bot_name, rule, fired_at },
  }));
  localStorage.setItem(
    NOTIFIED_KEY,
    JSON.stringify({ atMs: Date.now(), seen, alerts } satisfies Stored),
  );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
