/** Asks which updates of a bot are to be delivered again, counts them, and then delivers them. */
import type { ReplayedKind } from '@hookpulse/api/updates';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { useState } from 'preact/hooks';
import { resources } from '../api/resources.ts';
import { serverNow } from '../api/server-clock.ts';
import { useWrite } from '../api/use-write.ts';
import { localDateTime } from '../format/times.ts';
import { Dialog } from '../ui/dialog.tsx';
import { SelectField, TextField } from '../ui/fields.tsx';
import { FormFoot } from '../ui/form-foot.tsx';
import { showToast } from '../ui/toast.tsx';
import { runReplay, updatesText } from './run-replay.ts';

export interface ReplayDialogProps {
  readonly botId: string;
  readonly botName: string;
  readonly onClose: () => void;
}

const KIND_WORDS: Readonly<Record<ReplayedKind, string>> = {
  failed: 'Those whose last outcome is an error',
  dead: 'Those that were given up',
  all: 'All',
};
const KINDS: readonly ReplayedKind[] = ['failed', 'dead', 'all'];

interface Draft {
  /** In the viewer's zone, as a field of date and time has it. */
  readonly from: string;
  readonly to: string;
  readonly only: ReplayedKind;
}

export function ReplayDialog(props: ReplayDialogProps) {
  return (
    <Dialog title={`Deliver updates to ${props.botName} again`} onClose={props.onClose}>
      <ReplayForm {...props} />
    </Dialog>
  );
}

function ReplayForm({ botId, onClose }: ReplayDialogProps) {
  const [draft, setDraft] = useState<Draft>(() => {
    const nowMs = serverNow();
    // Such a field has whole minutes: those of the present one belong to it.
    const to = localDateTime(nowMs + MINUTE_MS);
    return { from: localDateTime(nowMs - HOUR_MS), to, only: 'failed' };
  });
  /** How many they are; null: not counted since something was changed. */
  const [count, setCount] = useState<number | null>(null);
  const { run, isBusy, error } = useWrite();
  const set = (changes: Partial<Draft>) => {
    setDraft({ ...draft, ...changes });
    setCount(null);
  };

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const request = {
      bot_id: botId,
      from: momentOf(draft.from),
      to: momentOf(draft.to),
      only: draft.only,
    };
    if (count === null) {
      await run(async () => setCount(await runReplay({ ...request, dry_run: true })));
      return;
    }
    const isDone = await run(async () => {
      const text = `${updatesText(await runReplay(request))} will be delivered again.`;
      showToast({ tone: 'good', text });
    });
    if (!isDone) return;
    resources.refresh(`/api/bots/${encodeURIComponent(botId)}/forwarding`);
    onClose();
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
        isRequired
      />
      <TextField
        label="Received before"
        type="datetime-local"
        value={draft.to}
        onInput={(to) => set({ to })}
        hint="In your time zone."
        isRequired
      />
      <SelectField
        label="Which"
        value={draft.only}
        options={KINDS.map((value) => ({ value, title: KIND_WORDS[value] }))}
        onInput={(text) => set({ only: KINDS.find((kind) => kind === text) ?? 'failed' })}
      />
      <p role="status">{count !== null && `${updatesText(count)} match.`}</p>
      <FormFoot
        action={count === null ? 'Count updates' : `Deliver ${updatesText(count)} again`}
        error={error}
        isBusy={isBusy}
        isDisabled={count === 0 || draft.from === '' || draft.to === ''}
        onClose={onClose}
      />
    </form>
  );
}

function momentOf(local: string): string {
  return iso(new Date(local).getTime());
}
