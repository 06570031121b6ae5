/** The current session: admin, reader, or not signed in. */
import type { Who } from '@hookpulse/api/session';
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { forgetNotified } from '../notifications/notification-switch.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { askApi, REFUSED_EVENT, SIGNED_IN_EVENT } from './client.ts';
import { resources, useResource } from './resources.ts';
import { seesAtLeast } from './sees-at-least.ts';

const PATH = '/api/session';
/** A session that ends is noticed by then, and at once by whatever is refused for it. */
const REFRESH_MS = 60_000;

export type Access = Who['access'];

export interface Session extends Who {
  /** Whether events, metrics, alerts and bots answer. */
  readonly reads: boolean;
  /** Whether buttons that change something are shown. */
  readonly writes: boolean;
  /** Whether those are that concern all bots. */
  readonly writesAll: boolean;
  /** Whether the audit, tokens and erasing are shown. */
  readonly administers: boolean;
  /**
   * The session has ended, or is one that may less, while the page is shown as before: nothing that
   * was typed is lost. What is there now; null: it goes on.
   */
  readonly endedTo: Access | null;
  /** @throws ApiError */
  signIn(token: string): Promise<void>;
  /** @throws ApiError */
  signOut(): Promise<void>;
  /** Goes on with what is there after the session has ended: pages that need more are left. */
  goOn(): void;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession is used outside of SessionProvider');
  return session;
}

/** Shows nothing until it is known who looks. */
export function SessionProvider({ children }: { readonly children: ComponentChildren }) {
  const { data: who, error } = useResource<Who>(PATH, { refreshMs: REFRESH_MS });
  /** Who looked before the session ended. */
  const before = useRef<Who | null>(null);
  /** Who signed out: it may be seen once more before the next answer is here. */
  const left = useRef<Who | null>(null);
  const [, setGoneOn] = useState(0);
  useEffect(noticeRefusals, []);
  // `resources.clear` ends a session for good: the next user must not see its pages.
  if (!who || who === left.current) before.current = null;
  else if (seesAtLeast(who, before.current)) before.current = who;
  const shown = who && (before.current ?? who);
  const session = useMemo(
    () =>
      who &&
      shown &&
      sessionOf(shown, who, {
        goOn() {
          before.current = null;
          setGoneOn((count) => count + 1);
        },
        leave() {
          left.current = who;
          before.current = null;
        },
      }),
    [who, shown],
  );
  if (!session) {
    return error && <ErrorState error={error} retry={() => resources.refresh(PATH)} />;
  }
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

/** @param shown - as whom the page is shown @param who - as whom the API answers */
function sessionOf(
  shown: Who,
  who: Who,
  forget: { readonly goOn: () => void; readonly leave: () => void },
): Session {
  const hasEnded = shown !== who;
  const writes = shown.access === 'admin' || shown.access === 'write';
  return {
    ...shown,
    reads: shown.access !== 'none',
    writes,
    writesAll: writes && shown.bots === null,
    administers: shown.access === 'admin' && shown.bots === null,
    endedTo: hasEnded ? who.access : null,
    async signIn(token) {
      await askApi<unknown>(PATH, { method: 'POST', body: { token } });
      if (hasEnded) {
        resources.refresh();
        window.dispatchEvent(new Event(SIGNED_IN_EVENT));
      } else {
        forgetSeen();
      }
    },
    async signOut() {
      await askApi<unknown>(PATH, { method: 'DELETE' });
      forget.leave();
      forgetSeen();
    },
    goOn() {
      forget.goOn();
      resources.refresh();
    },
  };
}

/** Nothing of what the one before has seen is shown to the next. */
function forgetSeen(): void {
  resources.clear();
  forgetNotified();
}

/** A refused request means that the session has ended: the session is queried again. */
function noticeRefusals(): () => void {
  const ask = () => resources.refresh(PATH);
  window.addEventListener(REFUSED_EVENT, ask);
  return () => window.removeEventListener(REFUSED_EVENT, ask);
}
