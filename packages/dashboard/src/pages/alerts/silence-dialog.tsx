/** Asks for a silence; from an alert everything is filled in, so that one more click does it. */

import { RULE_FORMS } from '@hookpulse/api/alert-form';
import type { AlertView } from '@hookpulse/api/alert-view';
import type { SilenceView } from '@hookpulse/api/new-silence';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { fieldErrors } from '../../api/field-errors.ts';
import { resources } from '../../api/resources.ts';
import { useWrite } from '../../api/use-write.ts';
import { formatShort } from '../../format/times.ts';
import { useRemembered } from '../../state/remembered.ts';
import { useUnsaved } from '../../state/use-unsaved.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/fields.tsx';
import { FormFoot } from '../../ui/form-foot.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { showToast } from '../../ui/toast.tsx';
import {
  SILENCE_SPAN_WORDS,
  SILENCE_SPANS,
  type SilenceDraft,
  silenceOutcome,
} from './silence-draft.ts';

const NAME_KEY = 'hookpulse-name';
const USUAL_REASON = 'Under investigation';
const NOT_FOUND = 404;
const FIELDS = ['bot_id', 'rule', 'reason', 'created_by', 'ends_at'];

const RULE_OPTIONS = [
  { value: '', title: 'All rules' },
  ...RULE_FORMS.map(({ rule, title }) => ({ value: rule, title })),
];
const SPAN_OPTIONS = SILENCE_SPANS.map((value) => ({ value, title: SILENCE_SPAN_WORDS[value] }));

export interface SilenceDialogProps {
  /** Null: of whatever is typed. */
  readonly alert: AlertView | null;
  readonly onClose: () => void;
}

export function SilenceDialog(props: SilenceDialogProps) {
  const { alert, onClose } = props;
  return (
    <Dialog title={alert ? `Silence ${alert.bot_name}` : 'New silence'} onClose={onClose}>
      <SilenceForm {...props} />
    </Dialog>
  );
}

function SilenceForm({ alert, onClose }: SilenceDialogProps) {
  const [createdBy, setCreatedBy] = useRemembered(NAME_KEY);
  const [initial] = useState(() => draftFor(alert));
  const [typed, setTyped] = useState(initial);
  const [missing, setMissing] = useState<Readonly<Record<string, string>>>({});
  const { run, isBusy, error } = useWrite();
  const draft = { ...typed, createdBy };
  const isEdited = JSON.stringify({ ...typed, createdBy: '' }) !== JSON.stringify(initial);
  useUnsaved(isEdited ? 'edited' : null);
  const refused = fieldErrors(error, FIELDS);
  const isUnknownBot = !alert && error?.statusCode === NOT_FOUND;
  const problemOf = (field: string) => missing[field] ?? refused.byField[field];
  const set = (changes: Partial<SilenceDraft>) => setTyped({ ...draft, ...changes });

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const outcome = silenceOutcome(draft);
    setMissing(outcome.kind === 'bad' ? outcome.problems : {});
    if (outcome.kind === 'bad') return;
    const isDone = await run(async () => {
      const { body } = outcome;
      const silence = await askApi<SilenceView>('/api/silences', { method: 'POST', body });
      const until = formatShort(Date.parse(silence.ends_at));
      showToast({ tone: 'good', text: `Alerts are silenced until ${until}.` });
    });
    if (!isDone) return;
    resources.refresh('/api/alerts');
    resources.refresh('/api/silences');
    onClose();
  }

  return (
    <form class="form" onSubmit={(event) => void submit(event)}>
      <p class="alerts-note">
        Alerts are still evaluated and shown, but not mailed. When the silence ends, alerts that
        still fire are mailed.
      </p>
      {!alert && (
        <TextField
          label="Bot id"
          value={draft.botId}
          onInput={(botId) => set({ botId })}
          placeholder="All bots"
          error={isUnknownBot ? error.message : problemOf('bot_id')}
          isPlain
        />
      )}
      <SelectField
        label="Rule"
        value={draft.rule}
        options={RULE_OPTIONS}
        onInput={(text) => set({ rule: RULE_FORMS.find(({ rule }) => rule === text)?.rule ?? '' })}
      />
      <div class="field">
        <span class="field-label">For</span>
        <Segmented
          label="Duration"
          options={SPAN_OPTIONS}
          value={draft.span}
          onChange={(span) => set({ span })}
        />
      </div>
      {draft.span === 'until' && (
        <TextField
          label="Until"
          type="datetime-local"
          value={draft.until}
          onInput={(until) => set({ until })}
          hint="In your time zone, at most 30 days ahead."
          error={problemOf('ends_at')}
        />
      )}
      <TextField
        label="Reason"
        value={draft.reason}
        onInput={(reason) => set({ reason })}
        error={problemOf('reason')}
      />
      <TextField
        label="Your name"
        value={createdBy}
        onInput={setCreatedBy}
        placeholder="admin"
        error={problemOf('created_by')}
      />
      <FormFoot
        action="Silence"
        error={isUnknownBot ? null : refused.rest}
        isBusy={isBusy}
        onClose={onClose}
      />
    </form>
  );
}

function draftFor(alert: AlertView | null): SilenceDraft {
  return {
    botId: alert?.bot_id ?? '',
    rule: RULE_FORMS.find(({ rule }) => rule === alert?.rule)?.rule ?? '',
    span: '1h',
    until: '',
    reason: alert ? USUAL_REASON : '',
    createdBy: '',
  };
}
