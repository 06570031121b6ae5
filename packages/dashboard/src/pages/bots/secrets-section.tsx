/** A bot's secrets, which can be replaced but not be shown. */
import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Deed } from './deed.tsx';
import { RotateDialog, type SecretKind } from './rotate-dialog.tsx';

export function SecretsSection({ botId }: { readonly botId: string }) {
  const [rotating, setRotating] = useState<SecretKind | null>(null);
  return (
    <div class="deeds">
      <Deed
        title="Webhook secret"
        meaning="Telegram sends it with each update. Hookpulse keeps only its hash."
      >
        <Button onClick={() => setRotating('secret')}>Rotate secret…</Button>
      </Deed>
      <Deed
        title="Report token"
        meaning="The bot authenticates its reports with it. Hookpulse keeps only its hash."
      >
        <Button onClick={() => setRotating('report-token')}>Rotate token…</Button>
      </Deed>
      {rotating && <RotateDialog botId={botId} kind={rotating} onClose={() => setRotating(null)} />}
    </div>
  );
}
