/** Asks for a token. It is exchanged for a cookie that no script can read, and kept nowhere else. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useSession } from '../../api/session.tsx';
import { useWrite } from '../../api/use-write.ts';
import { Logo } from '../../shell/logo.tsx';
import { Button } from '../../ui/button.tsx';
import { FormError, TextField } from '../../ui/fields.tsx';
import './sign-in-form.css';

/** @param reason - why it is asked for here */
export function SignInForm({ reason }: { readonly reason?: string }) {
  const { signIn } = useSession();
  const { run, isBusy, error } = useWrite();
  const [token, setToken] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    void run(() => signIn(token.trim()));
  }

  return (
    <form ref={form} class="sign-in form" onSubmit={submit}>
      <Logo />
      <div>
        <h1>Sign in to Hookpulse</h1>
        <p class="sign-in-reason">{reason ?? 'Show the admin token or the read token.'}</p>
      </div>
      <TextField
        label="Token"
        type="password"
        value={token}
        onInput={setToken}
        autoComplete="current-password"
        isRequired
        isPlain
        hint="ADMIN_TOKEN or READ_TOKEN of the server; or the one that npm start has printed and keeps as admin-token in its data folder."
      />
      <FormError error={error} />
      <Button type="submit" kind="primary" isBusy={isBusy}>
        Sign in
      </Button>
    </form>
  );
}
