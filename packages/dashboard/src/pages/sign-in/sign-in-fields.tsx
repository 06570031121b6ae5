/** Asks for a token. It is exchanged for a cookie that no script can read, and kept nowhere else. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useSession } from '../../api/session.tsx';
import { useTask } from '../../api/use-write.ts';
import { Button } from '../../ui/button.tsx';
import { FormError, TextField } from '../../ui/fields.tsx';

export interface SignInFieldsProps {
  /** Above the field. */
  readonly children: ComponentChildren;
  /** Beside the button. */
  readonly actions?: ComponentChildren;
  readonly className: string;
}

export function SignInFields({ children, actions, className }: SignInFieldsProps) {
  const { signIn } = useSession();
  const { run, isBusy, error } = useTask();
  const [token, setToken] = useState('');

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    void run(() => signIn(token.trim()));
  }

  return (
    <form class={className} onSubmit={submit}>
      {children}
      <TextField
        label="Token"
        type="password"
        value={token}
        onInput={setToken}
        autoComplete="current-password"
        isRequired
        isPlain
        hint="ADMIN_TOKEN or READ_TOKEN of the server, or the token that npm start printed and keeps in the file admin-token of its data folder."
      />
      <FormError error={error} />
      <div class="sign-in-actions">
        <Button type="submit" kind="primary" isBusy={isBusy}>
          Sign in
        </Button>
        {actions}
      </div>
    </form>
  );
}
