/** Shows a page to who may see it, and to all others the way in. */
import type { ComponentType } from 'preact';
import { useSession } from '../api/session.tsx';
import { SignInForm } from './sign-in/sign-in-form.tsx';

/** `health`: open to all unless a read token is set; `read`: to signed-in users. */
export type PageAccess = 'health' | 'read';

/** The address stays as it is, so that one is back where one was once signed in. */
export function Gate({
  access,
  page: Page,
}: {
  readonly access: PageAccess;
  readonly page: ComponentType;
}) {
  const { reads, reads_health } = useSession();
  const isLetIn = access === 'health' ? reads_health : reads;
  return isLetIn ? (
    <Page />
  ) : (
    <SignInForm reason="This page requires signing in with the admin or read token." />
  );
}
