/** `/sign-in`: a token for a session. */

import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useSession } from '../../api/session.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { safeNext } from './sign-in-path.ts';

export function SignInPage() {
  const { access } = useSession();
  const { query, route } = useLocation();
  const isSignedIn = access !== 'none';
  useEffect(() => {
    document.title = 'Sign in · Hookpulse';
    if (isSignedIn) route(safeNext(query.next ?? '/'), true);
  }, [isSignedIn]);
  return isSignedIn ? null : <SignInForm />;
}
