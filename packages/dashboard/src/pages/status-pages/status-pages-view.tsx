/** Status pages: which there are, who sees them, and what can be done about each. */
import type {
  ChangedStatusPage,
  StatusPageList,
  StatusPageView,
} from '@hookpulse/api/status-page-view';
import { Link, Pencil, Plus, RadioTower, Trash2 } from 'lucide';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { Versioned } from '../../api/client.ts';
import { useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { atBase } from '../../base-path.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/column.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { showToast } from '../../ui/toast.tsx';
import { AccessList } from '../access/access-list.tsx';
import { SecretLinkDialog, StatusPageDialog } from './status-page-dialog.tsx';
import { pathOfStatusPage, STATUS_PAGES_PATH, writeStatusPage } from './write-status-page.ts';

const REFRESH_MS = 15_000;

type Doing = 'edit' | 'link' | 'delete';
type Open = { readonly doing: Doing; readonly page: StatusPageView } | 'create' | null;

export function StatusPagesView() {
  const { writes } = useSession();
  const { data, error } = useResource<StatusPageList>(STATUS_PAGES_PATH, {
    refreshMs: REFRESH_MS,
  });
  const [open, setOpen] = useState<Open>(null);
  const { names } = useBots();
  const columns = useMemo(
    () => pageColumns(names, writes ? (doing, page) => setOpen({ doing, page }) : null),
    [names, writes],
  );
  const create = writes && (
    <Button kind="primary" icon={Plus} onClick={() => setOpen('create')}>
      Create status page
    </Button>
  );
  return (
    <>
      <AccessList
        label="Status pages"
        path={STATUS_PAGES_PATH}
        rows={data?.status_pages}
        error={error}
        rowKey={({ name }) => name}
        columns={columns}
        empty={
          <EmptyState title="No status pages yet" icon={RadioTower} actions={create}>
            A status page shows people without a token how some bots are doing: now, over 90 days,
            and in which incidents.
          </EmptyState>
        }
        note="They show names of bots, states and times. No ids, tokens or messages."
        action={create}
      />
      <Dialogs open={open} onClose={() => setOpen(null)} />
    </>
  );
}

function Dialogs({ open, onClose }: { readonly open: Open; readonly onClose: () => void }) {
  if (open === null) return null;
  if (open === 'create') return <StatusPageDialog page={null} onClose={onClose} />;
  const { doing, page } = open;
  switch (doing) {
    case 'edit':
      return <StatusPageDialog page={page} onClose={onClose} />;
    case 'link':
      return <NewLinkDialog page={page} onClose={onClose} />;
    case 'delete':
      return <DeleteDialog page={page} onClose={onClose} />;
    default:
      return doing satisfies never;
  }
}

interface PageDialogProps {
  readonly page: StatusPageView;
  readonly onClose: () => void;
}

function NewLinkDialog({ page, onClose }: PageDialogProps) {
  const known = useKnown(page);
  const [changed, setChanged] = useState<ChangedStatusPage | null>(null);
  const isDone = useRef(false);
  if (changed) return <SecretLinkDialog page={changed} onClose={onClose} />;
  return (
    <ConfirmDialog
      title={`Replace the link to ${page.title}?`}
      action="Replace link"
      isDangerous
      isReady={known !== null}
      onConfirm={async () => {
        if (!known) return;
        const after = await writeStatusPage<ChangedStatusPage>(known, 'POST', '/link');
        isDone.current = true;
        setChanged(after);
      }}
      // It also closes when it is done: then the link is to be shown.
      onClose={() => !isDone.current && onClose()}
    >
      The link that people have now leads nowhere afterwards.
    </ConfirmDialog>
  );
}

function DeleteDialog({ page, onClose }: PageDialogProps) {
  const known = useKnown(page);
  return (
    <ConfirmDialog
      title={`Delete ${page.title}?`}
      action="Delete status page"
      isDangerous
      isReady={known !== null}
      onConfirm={async () => {
        if (!known) return;
        await writeStatusPage<undefined>(known, 'DELETE');
        showToast({ tone: 'good', text: `${page.title} was deleted.` });
      }}
      onClose={onClose}
    >
      Its address leads nowhere from now on. Bots and their history stay.
    </ConfirmDialog>
  );
}

/** As it is now, with the version that a change refers to; null: it is not here yet, as after a change of one's own. */
function useKnown({ name }: StatusPageView): Versioned<StatusPageView> | null {
  const { data, etag, isLoading } = useResource<StatusPageView>(pathOfStatusPage(name), {
    refreshMs: REFRESH_MS,
  });
  return data && !isLoading ? { data, etag } : null;
}

function pageColumns(
  names: ReadonlyMap<string, string>,
  onAct: ((doing: Doing, page: StatusPageView) => void) | null,
): Column<StatusPageView>[] {
  const columns: Column<StatusPageView>[] = [
    {
      id: 'title',
      title: 'Page',
      width: 'minmax(60px, 1.4fr)',
      render: ({ title, path, visibility }) =>
        visibility === 'public' ? (
          <a href={atBase(path)} target="_blank" rel="noopener">
            {title}
          </a>
        ) : (
          <span title={path}>{title}</span>
        ),
    },
    {
      id: 'visibility',
      title: 'Seen by',
      width: '96px',
      hideBelow: 'tablet',
      render: ({ visibility }) => (visibility === 'public' ? 'Everybody' : 'Link'),
    },
    {
      id: 'bots',
      title: 'Bots',
      width: 'minmax(80px, 1fr)',
      hideBelow: 'tablet',
      render: ({ bot_ids }) => bot_ids.map((botId) => names.get(botId) ?? botId).join(', '),
    },
    {
      id: 'reasons',
      title: 'Reasons',
      width: '88px',
      hideBelow: 'tablet',
      render: ({ shows_reasons }) => (shows_reasons ? 'Shown' : 'Not shown'),
    },
  ];
  if (onAct === null) return columns;
  return [
    ...columns,
    {
      id: 'actions',
      title: 'Actions',
      width: '116px',
      align: 'end',
      render: (page) => (
        <span>
          {page.visibility === 'link' && (
            <Button
              kind="quiet"
              icon={Link}
              label={`Replace the link to ${page.title}`}
              onClick={() => onAct('link', page)}
            />
          )}
          <Button
            kind="quiet"
            icon={Pencil}
            label={`Change ${page.title}`}
            onClick={() => onAct('edit', page)}
          />
          <Button
            kind="quiet"
            icon={Trash2}
            label={`Delete ${page.title}`}
            onClick={() => onAct('delete', page)}
          />
        </span>
      ),
    },
  ];
}
