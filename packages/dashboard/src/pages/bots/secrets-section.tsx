/** A bot's secrets, which can be replaced but not be shown. */
import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { BotAction } from './bot-action.tsx';
import { RotateDialog, type SecretKind } from './rotate-dialog.tsx';

export function SecretsSection({ botId }: { readonly botId: string }) {
  const [rotating, setRotating] = useState<SecretKind | null>(null);
  return (
    <div class="bot-actions">
      <BotAction
        title="Webhook secret"
        meaning="Telegram sends it with each update. Hookpulse keeps only its hash."
      >
        <Button onClick={() => setRotating('secret')}>Rotate secret…</Button>
      </BotAction>
      <BotAction
        title="Report token"
        meaning="The bot authenticates its reports with it. Hookpulse keeps only its hash."
      >
        <Button onClick={() => setRotating('report-token')}>Rotate token…</Button>
      </BotAction>
      {rotating && <RotateDialog botId={botId} kind={rotating} onClose={() => setRotating(null)} />}
    </div>
  );
}
