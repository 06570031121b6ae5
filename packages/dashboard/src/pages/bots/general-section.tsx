/** A bot's name and where it is delivered to; switching it off, and deleting it. */
import type { BotDetails } from '@hookpulse/api/bot-view';
import { useState } from 'preact/hooks';
import type { Versioned } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { useWrite } from '../../api/use-write.ts';
import { useEdit } from '../../state/use-edit.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { Button } from '../../ui/button.tsx';
import { ConflictDialog } from '../../ui/conflict-dialog.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FormError, TextField } from '../../ui/fields.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';
import { BotAction } from './bot-action.tsx';
import { DeleteBotDialog } from './delete-bot-dialog.tsx';
import { ReleaseAction } from './release-action.tsx';
import { setEnabled } from './set-enabled.ts';
import { pathOfBot, refreshBots } from './write-bot.ts';

export interface GeneralSectionProps {
  readonly known: Versioned<BotDetails>;
  readonly onDeleted: () => void;
}

export function GeneralSection({ known, onDeleted }: GeneralSectionProps) {
  const bot = known.data;
  return (
    <div class="bot-section">
      <NameForm known={known} />
      <dl class="bot-facts">
        <div>
          <dt>Id</dt>
          <dd>
            <code>{bot.bot_id}</code>
            <CopyButton text={bot.bot_id} what="the id" />
          </dd>
        </div>
        <div>
          <dt>Path of its webhook</dt>
          <dd>
            <code>{bot.webhook_path}</code>
            <CopyButton text={bot.webhook_path} what="the path" />
          </dd>
        </div>
        <div>
          <dt>Registered</dt>
          <dd>
            <Time at={bot.created_at} as="full" />
          </dd>
        </div>
        <div>
          <dt>Changed</dt>
          <dd>
            <Time at={bot.updated_at} as="full" />
          </dd>
        </div>
      </dl>
      <DangerousActions known={known} onDeleted={onDeleted} />
    </div>
  );
}

function NameForm({ known }: { readonly known: Versioned<BotDetails> }) {
  const form = useEdit<BotDetails>({
    path: pathOfBot(known.data.bot_id),
    known,
    valuesOf: ({ name }) => ({ name }),
    bodyOf: ({ name = '' }) => ({ name: name.trim() }),
  });
  const { name = '' } = form.typed;
  const isEdited = name.trim() !== form.stored.name;
  const { byField, rest } = fieldErrors(form.error, ['name']);
  useUnsaved(isEdited ? 'edited' : null);

  function onSaved(): void {
    refreshBots();
    showToast({ tone: 'good', text: `Renamed to ${name.trim()}.` });
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isEdited && (await form.save())) onSaved();
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <div class="bot-name">
        <TextField
          label="Name"
          value={name}
          onInput={(text) => form.setTyped({ name: text })}
          error={byField.name}
          isPlain
        />
        <Button type="submit" isBusy={form.isBusy} isDisabled={!isEdited}>
          Rename
        </Button>
      </div>
      {!byField.name && <FormError error={rest} />}
      {form.conflict && (
        <ConflictDialog
          form={form}
          conflict={form.conflict}
          titleOf={() => 'Name'}
          onSaved={onSaved}
        />
      )}
    </form>
  );
}

interface DangerousActionsProps {
  readonly known: Versioned<BotDetails>;
  readonly onDeleted: () => void;
}

function DangerousActions({ known, onDeleted }: DangerousActionsProps) {
  const bot = known.data;
  const { run, isBusy, error } = useWrite();
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <div class="bot-actions is-dangerous">
      <BotAction
        title={bot.enabled ? 'Disable the bot' : 'Enable the bot'}
        meaning={
          bot.enabled
            ? 'Hookpulse answers its deliveries with 403 and stops monitoring it. Telegram repeats them for a while.'
            : 'Hookpulse accepts its deliveries again and monitors it.'
        }
      >
        <Button
          kind={bot.enabled ? 'danger' : 'plain'}
          isBusy={isBusy}
          onClick={() => void run(() => setEnabled(known, !bot.enabled))}
        >
          {bot.enabled ? 'Disable' : 'Enable'}
        </Button>
      </BotAction>
      {bot.forward && bot.has_bot_token && bot.enabled && <ReleaseAction bot={bot} />}
      <BotAction
        title="Delete the bot"
        meaning="Its history is kept unless you choose to erase it."
      >
        <Button kind="danger" onClick={() => setIsDeleting(true)}>
          Delete…
        </Button>
      </BotAction>
      <FormError error={error} />
      {isDeleting && (
        <DeleteBotDialog known={known} onDeleted={onDeleted} onClose={() => setIsDeleting(false)} />
      )}
    </div>
  );
}
