/** The way in, in place of a page that needs a token. */
import { useEffect, useRef } from 'preact/hooks';
import { Logo } from '../../shell/logo.tsx';
import './sign-in-form.css';
import { SignInFields } from './sign-in-fields.tsx';

/** @param reason - why it is asked for here */
export function SignInForm({ reason }: { readonly reason?: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.querySelector('input')?.focus(), []);
  return (
    <div ref={place}>
      <SignInFields className="sign-in form">
        <Logo />
        <div>
          <h1>Sign in to Hookpulse</h1>
          <p class="sign-in-reason">
            {reason ?? 'Enter the admin token, the read token or a named token.'}
          </p>
        </div>
      </SignInFields>
    </div>
  );
}
