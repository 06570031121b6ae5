/** The command that points Telegram at a bot's webhook, to be copied. */
import { useRemembered } from '../../state/remembered.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { TextField } from '../../ui/fields.tsx';
import './bot-setup.css';
import { setWebhookCommand } from './set-webhook-command.ts';

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
