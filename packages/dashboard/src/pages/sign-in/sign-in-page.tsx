/** `/sign-in`: a token for a session. */

import { safeNext } from '@hookpulse/api/sign-in-path';
import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useSession } from '../../api/session.tsx';
import { atBase } from '../../base-path.ts';
import { SignInForm } from './sign-in-form.tsx';

export function SignInPage() {
  const { access } = useSession();
  const { query, route } = useLocation();
  const isSignedIn = access !== 'none';
  // What is below /api/ is no page of this app, and asked of the server.
  const goTo = (next: string) =>
    next.startsWith('/api/') ? window.location.replace(atBase(next)) : route(next, true);
  useEffect(() => {
    document.title = 'Sign in · Hookpulse';
    if (isSignedIn) goTo(safeNext(query.next ?? '/'));
  }, [isSignedIn]);
  return isSignedIn ? null : <SignInForm />;
}
