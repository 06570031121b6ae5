/** The part of the form that sets the receivers of alerts, and tests them. */
import { useSession } from '../api/session.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { TextArea } from '../ui/text-area.tsx';
import { receiversOf, type SettingsDraft } from './settings-draft.ts';
import { TestReceivers } from './test-receiver.tsx';

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
  const { administers: testsReceivers } = useSession();
  const inheritedText = inherited.length > 0 ? inherited.join(', ') : 'nobody';
  return (
    <section class="alert-rule" aria-label="Receivers">
      <div class="alert-rule-head">
        <div>
          <h2>Receivers</h2>
          <p class="alert-rule-meaning">
            Who receives the alerts. {inheritedName}: {inheritedText}.
          </p>
        </div>
        <Segmented
          label="Who receives the alerts"
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
          label="Mail addresses and URLs"
          value={draft.receivers}
          onInput={(receivers) => onChange({ ...draft, receivers })}
          hint="One per line, 50 at most: ops@example.com, telegram://<chat_id>, slack://hooks.slack.com/services/…, pagerduty://<routing_key>, https://…#whsec_…, alertmanager+https://…"
          error={error}
        />
      )}
      {testsReceivers && <TestReceivers receivers={receiversOf(draft) ?? inherited} />}
    </section>
  );
}
