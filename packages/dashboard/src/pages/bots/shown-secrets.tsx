/** Secrets that were just made: shown only once, to be copied, with what to do with them. */
import type { ComponentChildren } from 'preact';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { WebhookCommand } from '../bot/webhook-command.tsx';
import './shown-secrets.css';

export interface SecretsDialogProps {
  readonly title: string;
  /** What the button says that closes it. */
  readonly done: string;
  /** Another way out, beside the button. */
  readonly beside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly onClose: () => void;
}

/** Closed only by its own buttons: what it shows is not shown again. */
export function SecretsDialog({ title, done, beside, children, onClose }: SecretsDialogProps) {
  return (
    <Dialog title={title} onClose={onClose} isSticky>
      {children}
      <div class="dialog-actions">
        {beside}
        <Button kind="primary" onClick={onClose}>
          {done}
        </Button>
      </div>
    </Dialog>
  );
}

export interface ShownSecretsProps {
  readonly botId: string;
  readonly webhookSecret?: string | undefined;
  readonly reportToken?: string | undefined;
}

export function ShownSecrets({ botId, webhookSecret, reportToken }: ShownSecretsProps) {
  return (
    <div class="secrets">
      <p class="secrets-warning" role="status">
        Copy {webhookSecret && reportToken ? 'them' : 'it'} now. Hookpulse keeps only hashes:{' '}
        {webhookSecret && reportToken ? 'they are' : 'it is'} not shown again.
      </p>
      <dl class="secrets">
        {webhookSecret && (
          <Secret
            title="Webhook secret"
            secret={webhookSecret}
            use="Telegram sends it with each update after you call setWebhook with it."
          />
        )}
        {reportToken && (
          <Secret
            title="Report token"
            secret={reportToken}
            use="The bot sends it with its reports to POST /api/events."
          />
        )}
      </dl>
      {webhookSecret && (
        <>
          <p class="secrets-step">
            Set the Telegram webhook. BOT_TOKEN is the token from BotFather.
          </p>
          <WebhookCommand botId={botId} secret={webhookSecret} />
        </>
      )}
    </div>
  );
}

interface SecretProps {
  readonly title: string;
  readonly secret: string;
  readonly use: string;
}

export function Secret({ title, secret, use }: SecretProps) {
  return (
    <div class="secret">
      <dt>{title}</dt>
      <dd class="secret-value">
        <code>{secret}</code>
        <CopyButton text={secret} what={`the ${title.toLowerCase()}`} />
      </dd>
      <dd class="secret-use">{use}</dd>
    </div>
  );
}
