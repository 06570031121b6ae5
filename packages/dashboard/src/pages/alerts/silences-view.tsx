/** Who holds back mails of what, why and until when; and ending it. */
import type { SilenceView } from '@hookpulse/api/new-silence';
import { BellRing } from 'lucide';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { resources, type WatchedResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { ruleTitle } from '../../format/alert-rules.ts';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { showToast } from '../../ui/toast.tsx';
import './alerts.css';
import { SilenceRow } from './silence-row.tsx';

export const SILENCES_PATH = '/api/silences?all=true';

export interface SilencesAnswer {
  readonly silences: readonly SilenceView[];
}

export interface SilencesViewProps {
  readonly silences: WatchedResource<SilencesAnswer>;
}

export function SilencesView({ silences }: SilencesViewProps) {
  const { data, error } = silences;
  const { writes } = useSession();
  const [ending, setEnding] = useState<SilenceView | null>(null);
  if (!data) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh('/api/silences')} />
    ) : (
      <TableSkeleton />
    );
  }
  if (data.silences.length === 0) return <NothingSilenced />;
  const onEnd = writes ? setEnding : null;
  return (
    <div class="alerts-groups">
      <PanelError resource={silences} what="Silences" />
      <SilenceGroup
        title="Active"
        silences={data.silences.filter(({ active }) => active)}
        onEnd={onEnd}
      />
      <SilenceGroup
        title="Ended"
        note="kept for a week"
        silences={data.silences.filter(({ active }) => !active)}
        onEnd={null}
      />
      {ending && (
        <ConfirmDialog
          title="End this silence?"
          action="End silence"
          onConfirm={() => endSilence(ending)}
          onClose={() => setEnding(null)}
        >
          Mails of {subjectText(ending)} are sent again from now on, including those of alerts that
          fire now.
        </ConfirmDialog>
      )}
    </div>
  );
}

interface SilenceGroupProps {
  readonly title: string;
  readonly note?: string;
  readonly silences: readonly SilenceView[];
  /** Null: there is nothing to end, or the viewer may not. */
  readonly onEnd: ((silence: SilenceView) => void) | null;
}

function SilenceGroup({ title, note, silences, onEnd }: SilenceGroupProps) {
  if (silences.length === 0) return null;
  return (
    <Card title={title} aside={note && <span class="alerts-note">{note}</span>} isFlush>
      <ul>
        {silences.map((silence) => (
          <SilenceRow key={silence.silence_id} silence={silence} onEnd={onEnd} />
        ))}
      </ul>
    </Card>
  );
}

function NothingSilenced() {
  return (
    <EmptyState title="No silences" icon={BellRing}>
      Create a silence to hold back mails for a while, for example during a deployment. It appears
      here until it ends.
    </EmptyState>
  );
}

async function endSilence(silence: SilenceView): Promise<void> {
  await askApi<undefined>(`/api/silences/${silence.silence_id}`, { method: 'DELETE' });
  resources.refresh('/api/silences');
  resources.refresh('/api/alerts');
  showToast({ tone: 'good', text: `Mails of ${subjectText(silence)} are sent again.` });
}

/** `orders-bot (No traffic)`, `all bots` */
function subjectText({ bot_id, rule }: Pick<SilenceView, 'bot_id' | 'rule'>): string {
  return `${bot_id ?? 'all bots'}${rule === null ? '' : ` (${ruleTitle(rule)})`}`;
}
