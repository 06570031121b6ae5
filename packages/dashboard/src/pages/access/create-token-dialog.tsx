/** Creates a named token, and then shows it this once. */

import type { CreatedToken } from '@hookpulse/api/named-token-view';
import type { Scope } from '@hookpulse/common/bots/access-token';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { resources } from '../../api/resources.ts';
import { serverNow } from '../../api/server-clock.ts';
import { useWrite } from '../../api/use-write.ts';
import { BotsField } from '../../bot-choice/bots-field.tsx';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Secret, SecretsDialog } from '../bots/shown-secrets.tsx';
import { EXPIRIES, type Expiry, NEW_TOKEN, newTokenBody, type TokenDraft } from './token-draft.ts';
import { SCOPE_MEANINGS, SCOPE_OPTIONS } from './token-words.ts';

export const TOKENS_PATH = '/api/tokens';

const FIELDS = ['name', 'scope', 'bots', 'expires_at'];
const EXPIRY_TITLES: Readonly<Record<Expiry, string>> = {
  '7': 'In 7 days',
  '30': 'In 30 days',
  '90': 'In 90 days',
  '365': 'In a year',
  never: 'Never',
};
const EXPIRY_OPTIONS = EXPIRIES.map((value) => ({ value, title: EXPIRY_TITLES[value] }));

export function CreateTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const [created, setCreated] = useState<CreatedToken | null>(null);
  return created ? (
    <SecretsDialog title={`${created.name} was created`} done="I have copied it" onClose={onClose}>
      <p class="secrets-warning" role="status">
        Copy it now. Hookpulse keeps only a hash and cannot show it again.
      </p>
      <dl class="secrets">
        <Secret
          title="Token"
          secret={created.token}
          use="Send it as Authorization: Bearer, or sign in with it."
        />
      </dl>
    </SecretsDialog>
  ) : (
    <Dialog title="Create a token" onClose={onClose}>
      <CreateTokenForm onCreated={setCreated} onClose={onClose} />
    </Dialog>
  );
}

interface CreateTokenFormProps {
  readonly onCreated: (token: CreatedToken) => void;
  readonly onClose: () => void;
}

function CreateTokenForm({ onCreated, onClose }: CreateTokenFormProps) {
  const [draft, setDraft] = useState<TokenDraft>(NEW_TOKEN);
  const { run, isBusy, error } = useWrite();
  useUnsaved(JSON.stringify(draft) === JSON.stringify(NEW_TOKEN) ? null : 'edited');
  const { byField, rest } = fieldErrors(error, FIELDS);
  const set = (changes: Partial<TokenDraft>) => setDraft({ ...draft, ...changes });

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    await run(async () => {
      const body = newTokenBody(draft, serverNow());
      onCreated(await askApi<CreatedToken>(TOKENS_PATH, { method: 'POST', body }));
    });
    resources.refresh(TOKENS_PATH);
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <TextField
        label="Name"
        value={draft.name}
        onInput={(name) => set({ name })}
        hint="Who or what uses the token. The audit shows this name."
        error={byField.name}
        isPlain
      />
      <div class="field">
        <span class="field-label">Scope</span>
        <Segmented<Scope>
          label="Scope"
          options={SCOPE_OPTIONS}
          value={draft.scope}
          onChange={(scope) => set({ scope })}
        />
        <span class="field-note">{SCOPE_MEANINGS[draft.scope]}</span>
      </div>
      <BotsField
        chosen={draft.bots}
        error={byField.bots}
        hint={draft.bots.length === 0 ? 'All bots, including future ones.' : 'Only these bots.'}
        onChange={(bots) => set({ bots })}
      />
      <SelectField<Expiry>
        label="Expires"
        value={draft.expiry}
        options={EXPIRY_OPTIONS}
        onInput={(value) => set({ expiry: EXPIRIES.find((one) => one === value) ?? draft.expiry })}
      />
      <FormFoot action="Create token" error={rest} isBusy={isBusy} onClose={onClose} />
    </form>
  );
}
