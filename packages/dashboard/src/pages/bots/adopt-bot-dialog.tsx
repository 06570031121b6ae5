/** Takes over the webhook of a bot that exists: its token, what would be done, and what was done. */
import type { AdoptBody, Adoption } from '@hookpulse/api/adoption';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { useWrite } from '../../api/use-write.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { refreshBots } from './write-bot.ts';

const FIELDS = ['bot_token', 'forward_secret', 'bot_id'];

export function AdoptBotDialog({ onClose }: { readonly onClose: () => void }) {
  const [adopted, setAdopted] = useState<Adoption | null>(null);
  return adopted ? (
    <Dialog key="adopted" title={`${adopted.bot_name} is under Hookpulse`} onClose={onClose}>
      <AdoptionFacts adoption={adopted} />
      <p>
        If the bot calls setWebhook when it starts, switch that off: it would take its webhook back.
      </p>
      <div class="dialog-actions">
        <LinkButton href={`/bots/${adopted.bot_id}`} leaves>
          Go to the bot
        </LinkButton>
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  ) : (
    <Dialog title="Adopt a bot" onClose={onClose}>
      <AdoptForm onAdopted={setAdopted} onClose={onClose} />
    </Dialog>
  );
}

interface AdoptFormProps {
  readonly onAdopted: (adoption: Adoption) => void;
  readonly onClose: () => void;
}

interface Draft {
  readonly botToken: string;
  readonly forwardSecret: string;
  readonly botId: string;
}

function bodyOf({ botToken, forwardSecret, botId }: Draft): AdoptBody {
  return {
    bot_token: botToken.trim(),
    ...(forwardSecret.trim() === '' ? {} : { forward_secret: forwardSecret.trim() }),
    ...(botId.trim() === '' ? {} : { bot_id: botId.trim() }),
  };
}

function AdoptForm({ onAdopted, onClose }: AdoptFormProps) {
  const [draft, setDraft] = useState<Draft>({ botToken: '', forwardSecret: '', botId: '' });
  /** Of what is typed now. */
  const [plan, setPlan] = useState<Adoption | null>(null);
  const { run, isBusy, error } = useWrite();
  useUnsaved(Object.values(draft).some((text) => text !== '') ? 'edited' : null);
  const { byField, rest } = fieldErrors(error, FIELDS);
  const set = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes });
    setPlan(null);
  };

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const body = { ...bodyOf(draft), dry_run: plan === null };
    await run(async () => {
      const answer = await askApi<Adoption>('/api/bots/adopt', { method: 'POST', body });
      if (answer.dry_run) setPlan(answer);
      else onAdopted(answer);
    });
    if (!body.dry_run) refreshBots();
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <p>
        Telegram delivers to Hookpulse, and updates are forwarded to the bot's own webhook. The bot
        does not change.
      </p>
      <TextField
        label="Bot token"
        type="password"
        value={draft.botToken}
        onInput={(botToken) => set({ botToken })}
        hint="From BotFather. It is stored encrypted and never shown."
        error={byField.bot_token}
        isPlain
      />
      <TextField
        label="Secret token that the bot expects"
        type="password"
        value={draft.forwardSecret}
        onInput={(forwardSecret) => set({ forwardSecret })}
        placeholder="None"
        hint="The secret_token of its setWebhook call. Telegram does not reveal it."
        error={byField.forward_secret}
        isPlain
      />
      <TextField
        label="Id"
        value={draft.botId}
        onInput={(botId) => set({ botId })}
        placeholder="Its username"
        error={byField.bot_id}
        isPlain
      />
      {plan && <AdoptionFacts adoption={plan} />}
      <FormFoot
        action={plan ? `Adopt ${plan.bot_name}` : 'Check'}
        error={rest}
        isBusy={isBusy}
        onClose={onClose}
      />
    </form>
  );
}

function AdoptionFacts({ adoption }: { readonly adoption: Adoption }) {
  return (
    <div role="status">
      <ol class="adoption-steps">
        {adoption.steps.map(({ step, text }) => (
          <li key={step}>{text}</li>
        ))}
      </ol>
      {adoption.warnings.map((warning) => (
        <p key={warning} class="tone-warn">
          {warning}
        </p>
      ))}
    </div>
  );
}
