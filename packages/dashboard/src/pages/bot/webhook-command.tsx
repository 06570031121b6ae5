/** The command that points Telegram at a bot's webhook, to be copied. */
import { useRemembered } from '../../state/remembered.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { TextField } from '../../ui/fields.tsx';
import './bot-setup.css';

const STORAGE_KEY = 'hookpulse-ingest-origin';
const EXAMPLE = 'https://hooks.example.com';

export interface WebhookCommandProps {
  readonly botId: string;
  /** Put into the command where it is known: just after it was made. */
  readonly secret?: string;
}

export function WebhookCommand({ botId, secret }: WebhookCommandProps) {
  const [origin, setOrigin] = useRemembered(STORAGE_KEY);
  const command = setWebhookCommand(botId, origin.trim() || EXAMPLE, secret);
  return (
    <div class="setup">
      <TextField
        label="Public address of ingest"
        value={origin}
        onInput={setOrigin}
        placeholder={EXAMPLE}
        isPlain
      />
      <div class="setup-command">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
        <pre tabIndex={0}>{command}</pre>
        <CopyButton text={command} what="the command" kind="plain" />
      </div>
    </div>
  );
}

/**
 * A call of Telegram's setWebhook (https://core.telegram.org/bots/api#setwebhook).
 *
 * @param origin - public address of ingest, with or without a slash at its end
 * @param secret - default: a shell variable, for users who have kept the secret
 */
function setWebhookCommand(botId: string, origin: string, secret = '$WEBHOOK_SECRET'): string {
  const url = `${origin.replace(/\/+$/, '')}/webhook/${botId}`;
  return [
    'curl "https://api.telegram.org/bot$BOT_TOKEN/setWebhook" \\',
    `  -d "url=${url}" \\`,
    `  -d "secret_token=${secret}"`,
  ].join('\n');
}
