/** Who changed or tried to change what, the newest first. Only admins are answered. */
import type { AuditEntry } from '@hookpulse/api/audit-entry';
import { ScrollText } from 'lucide';
import { useEffect, useMemo } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { resources } from '../../api/resources.ts';
import { usePages } from '../../api/use-pages.ts';
import { UNKNOWN } from '../../format/numbers.ts';
import { useUrlState } from '../../state/url-state.ts';
import type { Column } from '../../ui/column.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { OlderButton } from '../../ui/older-button.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { Time } from '../../ui/time.tsx';
import { AuditDrawer } from './audit-drawer.tsx';
import { actorOf, auditOutcome, changeText, deedOf, subjectOf } from './audit-words.ts';

const PATH = '/api/audit';
const PAGE_SIZE = 100;
const REFRESH_MS = 10_000;

export function AuditView() {
  const url = useUrlState();
  const opened = url.get('entry');
  const pages = usePages<ListAnswer<'entries', AuditEntry>, AuditEntry>({
    pathOf: (cursor) => `${PATH}?limit=${PAGE_SIZE}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    itemsOf: ({ entries }) => entries,
    keyOf: auditId,
    refreshMs: REFRESH_MS,
  });
  // The reader looks for the newest change.
  useEffect(() => resources.refresh(PATH), []);
  const columns = useMemo(
    () => auditColumns(({ audit_id }) => url.link({ entry: audit_id })),
    [url],
  );
  const { items, resource } = pages;
  if (!items) {
    return resource.error ? (
      <ErrorState error={resource.error} retry={() => resources.refresh(PATH)} />
    ) : (
      <TableSkeleton />
    );
  }
  if (items.length === 0) {
    return (
      <EmptyState title="No changes yet" icon={ScrollText}>
        Changes made here, over the API or on the command line appear here for 90 days.
      </EmptyState>
    );
  }
  return (
    <>
      <PanelError resource={resource} what="Entries" />
      <DataTable
        label="Audit"
        rows={items}
        rowKey={auditId}
        columns={columns}
        isSelected={(entry) => auditId(entry) === opened}
      />
      <OlderButton pages={pages} />
      {opened && (
        <AuditDrawer
          key={opened}
          entry={items.find((entry) => auditId(entry) === opened)}
          onClose={() => url.set({ entry: null }, true)}
        />
      )}
    </>
  );
}

/** @param linkOf - the address that shows the entry in full */
function auditColumns(linkOf: (entry: AuditEntry) => string): Column<AuditEntry>[] {
  return [
    {
      id: 'at',
      title: 'When',
      width: '92px',
      render: ({ at }) => <Time at={at} as="short" />,
    },
    {
      id: 'what',
      title: 'What',
      width: 'minmax(90px, 1.4fr)',
      render: (entry) => (
        <a class="row-link" draggable={false} href={linkOf(entry)}>
          {deedOf(entry)}
        </a>
      ),
    },
    {
      id: 'subject',
      title: 'Target',
      width: 'minmax(80px, 1fr)',
      hideBelow: 'tablet',
      render: (entry) => <code>{subjectOf(entry)}</code>,
    },
    {
      id: 'change',
      title: 'Details',
      width: 'minmax(120px, 1.6fr)',
      hideBelow: 'desktop',
      render: ({ change }) => <span title={changeText(change)}>{changeText(change)}</span>,
    },
    {
      id: 'who',
      title: 'Who',
      width: 'minmax(140px, 1fr)',
      hideBelow: 'tablet',
      render: ({ actor }) => <span title={actor.address ?? UNKNOWN}>{actorOf(actor)}</span>,
    },
    {
      id: 'outcome',
      title: 'Outcome',
      width: '116px',
      render: (entry) => {
        const { tone, words } = auditOutcome(entry);
        return <ToneBadge tone={tone}>{words}</ToneBadge>;
      },
    },
  ];
}

function auditId({ audit_id }: AuditEntry): string {
  return audit_id;
}
