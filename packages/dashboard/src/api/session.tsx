/** Who looks: admin, reader, or somebody who has not signed in. */
import type { Who } from '@hookpulse/query-api/domain/session';
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo } from 'preact/hooks';
import { ErrorState } from '../ui/error-state.tsx';
import { askApi, REFUSED_EVENT } from './client.ts';
import { resources, useResource } from './resources.ts';

const PATH = '/api/session';
/** A session that ends is noticed by then, and at once by whatever is refused for it. */
const REFRESH_MS = 60_000;

export interface Session extends Who {
  /** Whether events, metrics, alerts and bots answer. */
  readonly reads: boolean;
  /** Whether buttons that change something are shown. */
  readonly writes: boolean;
  /** Whether those are that concern all bots. */
  readonly writesAll: boolean;
  /** Whether the audit, tokens and erasing are shown. */
  readonly administers: boolean;
  /** @throws ApiError */
  signIn(token: string): Promise<void>;
  /** @throws ApiError */
  signOut(): Promise<void>;
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
  useEffect(noticeRefusals, []);
  const session = useMemo(() => who && sessionOf(who), [who]);
  if (!session) {
    return error && <ErrorState error={error} retry={() => resources.refresh(PATH)} />;
  }
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}

function sessionOf(who: Who): Session {
  const writes = who.access === 'admin' || who.access === 'write';
  return {
    ...who,
    reads: who.access !== 'none',
    writes,
    writesAll: writes && who.bots === null,
    administers: who.access === 'admin' && who.bots === null,
    async signIn(token) {
      await askApi<unknown>(PATH, { method: 'POST', body: { token } });
      // Nothing of what the one before has seen is shown to the next.
      resources.clear();
    },
    async signOut() {
      await askApi<unknown>(PATH, { method: 'DELETE' });
      resources.clear();
    },
  };
}

/** A refused request means that the session has ended: who one is is asked anew. */
function noticeRefusals(): () => void {
  const ask = () => resources.refresh(PATH);
  window.addEventListener(REFUSED_EVENT, ask);
  return () => window.removeEventListener(REFUSED_EVENT, ask);
}
