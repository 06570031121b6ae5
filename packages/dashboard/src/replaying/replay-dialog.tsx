/** Asks which updates of a bot are to be delivered again, counts them, and then delivers them. */
import type { ReplayedKind, ReplayRequest } from '@hookpulse/api/updates';
import { useState } from 'preact/hooks';
import { resources } from '../api/resources.ts';
import { serverNow } from '../api/server-clock.ts';
import { useWrite } from '../api/use-write.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { FormFoot } from '../ui/form-foot.tsx';
import { showToast } from '../ui/toast.tsx';
import {
  draftOfLastHour,
  type ReplayDraft,
  type ReplayProblems,
  replayOutcome,
} from './replay-draft.ts';
import { createReplay, type RunReplay, updatesText } from './run-replay.ts';

export interface ReplayDialogProps {
  readonly botId: string;
  readonly botName: string;
  readonly onClose: () => void;
}

const KIND_OPTIONS: readonly { readonly value: ReplayedKind; readonly title: string }[] = [
  { value: 'failed', title: 'Failed: their last outcome is an error' },
  { value: 'dead', title: 'Given up' },
  { value: 'all', title: 'All' },
];

export function ReplayDialog(props: ReplayDialogProps) {
  return (
    <Dialog title={`Deliver updates to ${props.botName} again`} onClose={props.onClose}>
      <ReplayForm {...props} />
    </Dialog>
  );
}

function ReplayForm({ botId, onClose }: ReplayDialogProps) {
  const [draft, setDraft] = useState(() => draftOfLastHour(serverNow()));
  const [problems, setProblems] = useState<ReplayProblems>({});
  /** What was counted is what is delivered. Null: nothing was counted since something was changed. */
  const [counted, setCounted] = useState<{ updates: number; deliver: RunReplay } | null>(null);
  const { run, isBusy, error } = useWrite();
  const set = (changes: Partial<ReplayDraft>) => {
    setDraft({ ...draft, ...changes });
    setCounted(null);
  };
  const found = counted && counted.updates > 0 ? counted : null;

  async function count(request: ReplayRequest): Promise<void> {
    const updates = await createReplay({ ...request, dry_run: true })();
    setCounted({ updates, deliver: createReplay(request) });
  }

  async function deliver(replay: RunReplay): Promise<void> {
    const text = `${updatesText(await replay())} will be delivered again.`;
    showToast({ tone: 'good', text });
    resources.refresh(`/api/bots/${encodeURIComponent(botId)}/forwarding`);
  }

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (found) {
      if (await run(() => deliver(found.deliver))) onClose();
      return;
    }
    const outcome = replayOutcome(botId, draft, serverNow());
    setProblems(outcome.kind === 'bad' ? outcome.problems : {});
    if (outcome.kind === 'request') await run(() => count(outcome.request));
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <p>
        The bot gets these updates once more, in their order, behind those that wait for it. It may
        do again what it did before.
      </p>
      <TextField
        label="Received from"
        type="datetime-local"
        value={draft.from}
        onInput={(from) => set({ from })}
        error={problems.from}
        isRequired
      />
      <TextField
        label="Received before"
        type="datetime-local"
        value={draft.to}
        onInput={(to) => set({ to })}
        error={problems.to}
        hint="In your time zone."
        isRequired
      />
      <SelectField
        label="Updates"
        value={draft.only}
        options={KIND_OPTIONS}
        onInput={(text) =>
          set({ only: KIND_OPTIONS.find(({ value }) => value === text)?.value ?? 'failed' })
        }
      />
      <p role="status">{counted && (found ? `${updatesText(found.updates)} match.` : NONE)}</p>
      <FormFoot
        action={found ? `Deliver ${updatesText(found.updates)} again` : 'Count updates'}
        error={error}
        isBusy={isBusy}
        isDisabled={draft.from === '' || draft.to === ''}
        onClose={onClose}
      />
    </form>
  );
}

const NONE = 'No updates match.';
