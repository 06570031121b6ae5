/** Asks for a token over the page when the session has ended: the page stays as it is. */
import { useSession } from '../api/session.tsx';
import { SignInFields } from '../pages/sign-in/sign-in-fields.tsx';
import '../pages/sign-in/sign-in-form.css';
import { leaveScope, PAGE } from '../state/unsaved.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

export function SignInDialog() {
  const { endedTo, goOn } = useSession();
  if (endedTo === null) return null;
  const leave = () => leaveScope(PAGE, goOn);
  return (
    <Dialog title="Sign in again" onClose={leave}>
      <SignInFields
        className="form"
        actions={
          <Button onClick={leave}>
            {endedTo === 'none' ? 'Continue without signing in' : 'Continue with this token'}
          </Button>
        }
      >
        <p>
          {endedTo === 'none'
            ? 'Your session has ended. This page stays as it is until you sign in.'
            : 'This token allows less than the previous one. To continue here, sign in with that one.'}
        </p>
      </SignInFields>
    </Dialog>
  );
}
