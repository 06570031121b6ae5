/** The part of the form that sets the receivers of mails. */
import { Segmented } from '../ui/segmented.tsx';
import { TextArea } from '../ui/text-area.tsx';
import type { SettingsDraft } from './settings-draft.ts';

export interface ReceiverSettingsProps {
  readonly draft: SettingsDraft;
  /** The receivers without an override. */
  readonly inherited: readonly string[];
  readonly inheritedName: string;
  readonly error: string | undefined;
  readonly onChange: (draft: SettingsDraft) => void;
}

export function ReceiverSettings(props: ReceiverSettingsProps) {
  const { draft, inherited, inheritedName, error, onChange } = props;
  const inheritedText = inherited.length > 0 ? inherited.join(', ') : 'nobody';
  return (
    <section class="alert-rule" aria-label="Receivers">
      <div class="alert-rule-head">
        <div>
          <h2>Receivers</h2>
          <p class="alert-rule-meaning">
            Who receives the mails. {inheritedName}: {inheritedText}.
          </p>
        </div>
        <Segmented
          label="Who receives the mails"
          value={draft.receiverMode}
          onChange={(receiverMode) => onChange({ ...draft, receiverMode })}
          options={[
            { value: 'inherit', title: inheritedName },
            { value: 'list', title: 'Custom' },
            { value: 'nobody', title: 'Nobody' },
          ]}
        />
      </div>
      {draft.receiverMode === 'list' && (
        <TextArea
          label="Mail addresses"
          value={draft.receivers}
          onInput={(receivers) => onChange({ ...draft, receivers })}
          hint="One address per line, 50 at most."
          error={error}
        />
      )}
    </section>
  );
}
