/** Replaces a secret of a bot that works, without a break; the new one is shown only once. */
import type { RotatedSecret, RotatedToken } from '@hookpulse/api/rotate-secret';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { useWrite } from '../../api/use-write.ts';
import { formatFull } from '../../format/times.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { SecretsDialog, ShownSecrets } from './shown-secrets.tsx';
import { refreshBots } from './write-bot.ts';

export type SecretKind = 'secret' | 'report-token';

const TITLES: Readonly<Record<SecretKind, string>> = {
  secret: 'webhook secret',
  'report-token': 'report token',
};

const CONSEQUENCES: Readonly<Record<SecretKind, string>> = {
  secret:
    'Telegram sends the old one until you call setWebhook with the new one. How long should both be accepted?',
  'report-token':
    'The bot reports with the old one until you configure the new one. How long should both be accepted?',
};

/** Minutes; the first one is the API's own. */
const GRACES = [
  { value: '10', title: '10 min' },
  { value: '60', title: '1 hour' },
  { value: '1440', title: '1 day' },
  { value: '0', title: 'Not at all' },
] as const;
type Grace = (typeof GRACES)[number]['value'];

export interface RotateDialogProps {
  readonly botId: string;
  readonly kind: SecretKind;
  readonly onClose: () => void;
}

export function RotateDialog({ botId, kind, onClose }: RotateDialogProps) {
  const [rotated, setRotated] = useState<Partial<RotatedSecret & RotatedToken> | null>(null);
  const title = TITLES[kind];
  if (!rotated) {
    return (
      <Dialog title={`Rotate the ${title}?`} onClose={onClose}>
        <RotateForm botId={botId} kind={kind} onRotated={setRotated} onClose={onClose} />
      </Dialog>
    );
  }
  const validUntil = rotated.previous_valid_until;
  return (
    <SecretsDialog title={`The new ${title}`} done="I have copied it" onClose={onClose}>
      <ShownSecrets
        botId={botId}
        webhookSecret={rotated.webhook_secret}
        reportToken={rotated.report_token}
      />
      <p class="secrets-step">
        {validUntil
          ? `The old one is accepted until ${formatFull(Date.parse(validUntil))}.`
          : 'The old one is already refused.'}
      </p>
    </SecretsDialog>
  );
}

type RotateFormProps = RotateDialogProps & {
  readonly onRotated: (rotated: Partial<RotatedSecret & RotatedToken>) => void;
};

function RotateForm({ botId, kind, onRotated, onClose }: RotateFormProps) {
  const [grace, setGrace] = useState<Grace>(GRACES[0].value);
  const { run, isBusy, error } = useWrite();

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    const path = `/api/bots/${encodeURIComponent(botId)}/rotate-${kind}`;
    const body = { grace_minutes: Number(grace) };
    void run(async () => {
      onRotated(await askApi<RotatedSecret | RotatedToken>(path, { method: 'POST', body }));
      refreshBots();
    });
  }

  return (
    <form class="form" onSubmit={submit}>
      <p>{CONSEQUENCES[kind]}</p>
      <Segmented
        label="How long the old one is accepted"
        options={GRACES}
        value={grace}
        onChange={setGrace}
      />
      <FormFoot action="Rotate" error={error} isBusy={isBusy} onClose={onClose} />
    </form>
  );
}
