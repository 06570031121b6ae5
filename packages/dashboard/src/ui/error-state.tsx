/** What could not be shown, in the API's words, and what to do. */
import { CloudOff, RefreshCw } from 'lucide';
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/client.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';
import './state-message.css';

export interface ErrorStateProps {
  readonly error: ApiError;
  readonly retry?: () => void;
  /** What else can be done. */
  readonly actions?: ComponentChildren;
}

export function ErrorState({ error, retry, actions }: ErrorStateProps) {
  return (
    <div class="state" role="alert">
      <span class="state-icon">
        <Icon icon={CloudOff} size={20} />
      </span>
      <h2>This could not be loaded</h2>
      <p class="state-text">
        {error.message} {adviceOf(error)}
      </p>
      {error.details.map(({ field, message }) => (
        <p key={`${field} ${message}`} class="state-text">
          {message}
        </p>
      ))}
      {error.requestId && (
        <p class="state-id">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {(retry || actions) && (
        <div class="state-actions">
          {retry && (
            <Button icon={RefreshCw} onClick={retry}>
              Try again
            </Button>
          )}
          {actions}
        </div>
      )}
    </div>
  );
}

function adviceOf({ statusCode }: ApiError): string {
  if (statusCode !== null && statusCode < 500) return '';
  const check =
    statusCode === null ? 'Check that Hookpulse is running and that this machine is online. ' : '';
  return `${check}This page retries automatically.`;
}
