/** Who holds back mails of what, why and until when; and ending it. */
import type { SilenceView } from '@hookpulse/query-api/domain/new-silence';
import { BellRing } from 'lucide';
import { useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { resources, type WatchedResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { ruleTitle } from '../../format/alert-words.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';
import { subjectText } from './silence-words.ts';

export const SILENCES_PATH = '/api/silences?all=true';

export interface SilencesAnswer {
  readonly silences: readonly SilenceView[];
}

export interface SilencesViewProps {
  readonly silences: WatchedResource<SilencesAnswer>;
}

export function SilencesView({ silences: { data, error } }: SilencesViewProps) {
  const { writes } = useSession();
  const [ending, setEnding] = useState<SilenceView | null>(null);
  if (!data) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh('/api/silences')} />
    ) : (
      <TableSkeleton />
    );
  }
  if (data.silences.length === 0) {
    return (
      <EmptyState title="Nothing is silenced" icon={BellRing}>
        Every alert is mailed. Before a deployment, or while somebody looks into an alert, its mails
        can be held back for a while.
      </EmptyState>
    );
  }
  return (
    <>
      <DataTable
        label="Silences"
        rows={data.silences.toSorted(activeFirst)}
        rowKey={({ silence_id }) => silence_id}
        columns={writes ? [...COLUMNS, endColumn(setEnding)] : COLUMNS}
      />
      {ending && (
        <ConfirmDialog
          title="End this silence?"
          action="End silence"
          onConfirm={() => endSilence(ending)}
          onClose={() => setEnding(null)}
        >
          Mails of {subjectText(ending)} go out again at once, also those of alerts that fire now.
        </ConfirmDialog>
      )}
    </>
  );
}

const COLUMNS: readonly Column<SilenceView>[] = [
  {
    id: 'subject',
    title: 'Silenced',
    width: 'minmax(120px, 1.4fr)',
    render: ({ bot_id, rule }) => (
      <>
        {bot_id === null ? 'All bots' : <a href={`/bots/${bot_id}`}>{bot_id}</a>}
        {rule === null ? '' : ` · ${ruleTitle(rule)}`}
      </>
    ),
  },
  {
    id: 'state',
    title: 'State',
    width: '84px',
    hideBelow: 'tablet',
    render: ({ active }) =>
      active ? <ToneBadge tone="warn">Active</ToneBadge> : <ToneBadge tone="idle">Ended</ToneBadge>,
  },
  {
    id: 'ends',
    title: 'Ends',
    width: '92px',
    render: ({ ends_at }) => <Time at={ends_at} />,
  },
  {
    id: 'reason',
    title: 'Reason',
    width: 'minmax(140px, 2fr)',
    hideBelow: 'tablet',
    render: ({ reason }) => <span title={reason}>{reason}</span>,
  },
  {
    id: 'by',
    title: 'By',
    width: 'minmax(80px, 0.8fr)',
    hideBelow: 'desktop',
    render: ({ created_by }) => created_by,
  },
  {
    id: 'since',
    title: 'Since',
    width: '108px',
    hideBelow: 'desktop',
    render: ({ created_at }) => <Time at={created_at} as="short" />,
  },
];

function endColumn(onEnd: (silence: SilenceView) => void): Column<SilenceView> {
  return {
    id: 'end',
    title: '',
    width: '64px',
    align: 'end',
    render: (silence) => silence.active && <Button onClick={() => onEnd(silence)}>End</Button>,
  };
}

async function endSilence(silence: SilenceView): Promise<void> {
  await askApi<undefined>(`/api/silences/${silence.silence_id}`, { method: 'DELETE' });
  resources.refresh('/api/silences');
  resources.refresh('/api/alerts');
  showToast({ tone: 'good', text: `Mails of ${subjectText(silence)} go out again.` });
}

/** Those that have ended stay for a week, so that it can be read who held back what. */
function activeFirst(a: SilenceView, b: SilenceView): number {
  return Number(b.active) - Number(a.active);
}
