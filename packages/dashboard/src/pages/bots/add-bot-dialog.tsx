/** Registers a bot, and then shows its secrets this once. */
import type { CreatedBotView } from '@hookpulse/api/bot-view';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { useWrite } from '../../api/use-write.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { type BotDraft, newBotBody, suggestedId } from './bot-draft.ts';
import { SecretsDialog, ShownSecrets } from './shown-secrets.tsx';
import { refreshBots } from './write-bot.ts';

const FIELDS = ['name', 'bot_id', 'webhook_secret'];
const CONFLICT = 409;

export function AddBotDialog({ onClose }: { readonly onClose: () => void }) {
  const [created, setCreated] = useState<CreatedBotView | null>(null);
  return created ? (
    <SecretsDialog
      title={`${created.name} is registered`}
      done="I have copied them"
      beside={
        <LinkButton href={`/bots/${created.bot_id}`} leaves>
          Go to the bot
        </LinkButton>
      }
      onClose={onClose}
    >
      <ShownSecrets
        botId={created.bot_id}
        webhookSecret={created.webhook_secret}
        reportToken={created.report_token}
      />
    </SecretsDialog>
  ) : (
    <Dialog title="Add a bot" onClose={onClose}>
      <AddBotForm onCreated={setCreated} onClose={onClose} />
    </Dialog>
  );
}

interface AddBotFormProps {
  readonly onCreated: (bot: CreatedBotView) => void;
  readonly onClose: () => void;
}

function AddBotForm({ onCreated, onClose }: AddBotFormProps) {
  const [draft, setDraft] = useState<BotDraft>({ name: '', botId: '', webhookSecret: '' });
  const [isIdTyped, setIsIdTyped] = useState(false);
  const { run, isBusy, error } = useWrite();
  useUnsaved(Object.values(draft).some((text) => text !== '') ? 'edited' : null);
  const { byField, rest } = fieldErrors(error, FIELDS);
  const isTaken = error?.statusCode === CONFLICT;
  const set = (changes: Partial<BotDraft>) => setDraft({ ...draft, ...changes });

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    await run(async () => {
      const body = newBotBody(draft);
      onCreated(await askApi<CreatedBotView>('/api/bots', { method: 'POST', body }));
    });
    refreshBots();
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        value={draft.name}
        onInput={(name) => set({ name, ...(isIdTyped ? {} : { botId: suggestedId(name) }) })}
        hint="Shown in the fleet and in mail subjects."
        error={byField.name}
        isPlain
      />
      <TextField
        label="Id"
        value={draft.botId}
        onInput={(botId) => {
          setIsIdTyped(botId !== '');
          set({ botId });
        }}
        placeholder="Random"
        hint={`Part of the webhook address /webhook/${draft.botId || '…'}. It cannot be changed later.`}
        error={isTaken ? error.message : byField.bot_id}
        isPlain
      />
      <TextField
        label="Webhook secret"
        value={draft.webhookSecret}
        onInput={(webhookSecret) => set({ webhookSecret })}
        placeholder="Random"
        hint="Only for a bot whose webhook is already set."
        error={byField.webhook_secret}
        isPlain
      />
      <FormFoot action="Add bot" error={isTaken ? null : rest} isBusy={isBusy} onClose={onClose} />
    </form>
  );
}
