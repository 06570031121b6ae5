/** How Telegram is told where to deliver a bot's updates. */
import { useState } from 'preact/hooks';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { TextField } from '../../ui/fields.tsx';
import './bot-setup.css';
import { setWebhookCommand } from './set-webhook-command.ts';

const STORAGE_KEY = 'hookpulse-ingest-origin';
const EXAMPLE = 'https://hooks.example.com';

export function BotSetup({ botId }: { readonly botId: string }) {
  const [origin, setOrigin] = useState(() => localStorage.getItem(STORAGE_KEY) ?? '');
  const command = setWebhookCommand(botId, origin.trim() || EXAMPLE);

  function keep(value: string): void {
    setOrigin(value);
    localStorage.setItem(STORAGE_KEY, value);
  }

  return (
    <Card title="Point Telegram at it">
      <div class="setup">
        <p class="bot-note">
          Telegram delivers to an https address that reaches ingest (INGEST_PORT). Put in the token
          of BotFather, and the secret that was shown when the bot was registered here; a lost one
          is replaced by <code>npx hookpulse bot rotate-secret {botId}</code>.
        </p>
        <TextField
          label="Public address of ingest"
          value={origin}
          onInput={keep}
          placeholder={EXAMPLE}
          isPlain
        />
        <div class="setup-command">
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard. */}
          <pre tabIndex={0}>{command}</pre>
          <CopyButton text={command} what="the command" kind="plain" />
        </div>
      </div>
    </Card>
  );
}
