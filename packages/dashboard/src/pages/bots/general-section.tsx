/** A bot's name and where it is delivered to; switching it off, and deleting it. */
import type { BotDetails } from '@hookpulse/query-api/domain/bot-view';
import { useEffect, useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { useWrite } from '../../api/use-write.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { FormError, TextField } from '../../ui/fields.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Deed } from './deed.tsx';
import { DeleteBotDialog } from './delete-bot-dialog.tsx';
import { refreshBots } from './refresh-bots.ts';
import { setEnabled } from './set-enabled.ts';

export interface GeneralSectionProps {
  readonly bot: BotDetails;
  readonly onDeleted: () => void;
}

export function GeneralSection({ bot, onDeleted }: GeneralSectionProps) {
  return (
    <div class="bot-section">
      <NameForm bot={bot} />
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
      <DangerousDeeds bot={bot} onDeleted={onDeleted} />
    </div>
  );
}

function NameForm({ bot }: { readonly bot: BotDetails }) {
  const [name, setName] = useState(bot.name);
  const { run, isBusy, error } = useWrite();
  const { byField, rest } = fieldErrors(error, ['name']);
  useEffect(() => setName(bot.name), [bot.name]);

  function submit(event: SubmitEvent): void {
    event.preventDefault();
    void run(async () => {
      const path = `/api/bots/${encodeURIComponent(bot.bot_id)}`;
      await askApi<BotDetails>(path, { method: 'PATCH', body: { name: name.trim() } });
      refreshBots();
      showToast({ tone: 'good', text: `It is called ${name.trim()} now.` });
    });
  }

  return (
    <form class="form" onSubmit={submit}>
      <div class="bot-name">
        <TextField label="Name" value={name} onInput={setName} error={byField.name} isPlain />
        <Button type="submit" isBusy={isBusy} isDisabled={name.trim() === bot.name}>
          Rename
        </Button>
      </div>
      {!byField.name && <FormError error={rest} />}
    </form>
  );
}

function DangerousDeeds({ bot, onDeleted }: GeneralSectionProps) {
  const { run, isBusy, error } = useWrite();
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <div class="deeds is-dangerous">
      <Deed
        title={bot.enabled ? 'Disable the bot' : 'Enable the bot'}
        meaning={
          bot.enabled
            ? 'Its deliveries are answered 403, which Telegram repeats for a while, and it is not watched.'
            : 'Its deliveries are taken in again, and it is watched.'
        }
      >
        <Button
          kind={bot.enabled ? 'danger' : 'plain'}
          isBusy={isBusy}
          onClick={() => void run(() => setEnabled(bot, !bot.enabled))}
        >
          {bot.enabled ? 'Disable' : 'Enable'}
        </Button>
      </Deed>
      <Deed title="Delete the bot" meaning="Its history is kept, unless it is to be erased, too.">
        <Button kind="danger" onClick={() => setIsDeleting(true)}>
          Delete…
        </Button>
      </Deed>
      <FormError error={error} />
      {isDeleting && (
        <DeleteBotDialog bot={bot} onDeleted={onDeleted} onClose={() => setIsDeleting(false)} />
      )}
    </div>
  );
}
