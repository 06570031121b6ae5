/** Browsers that are signed in: an admin sees all of them, others those of their own token. */
import type { ListedSession } from '@hookpulse/api/session';
import { LogOut, MonitorSmartphone } from 'lucide';
import { useMemo, useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { UNKNOWN } from '../../format/numbers.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/column.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';
import { AccessList } from './access-list.tsx';

const PATH = '/api/sessions';
const REFRESH_MS = 15_000;

/** `all`: of the viewer's token, the viewer's own included. */
type Ending = ListedSession | 'all' | null;

export function SessionsView() {
  const { data, error } = useResource<{ readonly sessions: readonly ListedSession[] }>(PATH, {
    refreshMs: REFRESH_MS,
  });
  const { token } = useSession();
  const [ending, setEnding] = useState<Ending>(null);
  const columns = useMemo(() => sessionColumns(setEnding), []);
  return (
    <>
      <AccessList
        label="Sessions"
        path={PATH}
        rows={data?.sessions}
        error={error}
        rowKey={({ session_id }) => session_id}
        columns={columns}
        empty={
          <EmptyState title="No sessions" icon={MonitorSmartphone}>
            Every browser that signs in appears here.
          </EmptyState>
        }
        note="A session ends when it is not used for a while or when its token ends."
        action={
          <Button icon={LogOut} onClick={() => setEnding('all')}>
            Sign out everywhere
          </Button>
        }
      />
      {ending === 'all' && (
        <ConfirmDialog
          title="Sign out everywhere?"
          action="Sign out everywhere"
          isDangerous
          onConfirm={endAll}
          onClose={() => setEnding(null)}
        >
          Every session of {token?.name ?? 'this token'} ends now, including this one.
        </ConfirmDialog>
      )}
      {ending && ending !== 'all' && (
        <ConfirmDialog
          title={ending.current ? 'End your own session?' : 'End this session?'}
          action="End session"
          isDangerous
          onConfirm={() => end(ending)}
          onClose={() => setEnding(null)}
        >
          That browser has to sign in again.
        </ConfirmDialog>
      )}
    </>
  );
}

function sessionColumns(onEnd: (session: ListedSession) => void): Column<ListedSession>[] {
  return [
    {
      id: 'token',
      title: 'Signed in with',
      width: 'minmax(110px, 1fr)',
      render: ({ token, current }) => (
        <span title={token.token_id ?? token.name}>
          {token.name}
          {current && ' (this browser)'}
        </span>
      ),
    },
    {
      id: 'since',
      title: 'Since',
      width: '104px',
      hideBelow: 'tablet',
      render: ({ created_at }) => <Time at={created_at} as="short" />,
    },
    {
      id: 'used',
      title: 'Last used',
      width: '104px',
      render: ({ last_used_at }) => <Time at={last_used_at} />,
    },
    {
      id: 'expires',
      title: 'Ends',
      width: '104px',
      hideBelow: 'tablet',
      render: ({ expires_at }) => <Time at={expires_at} as="short" />,
    },
    {
      id: 'address',
      title: 'From',
      width: 'minmax(110px, 1fr)',
      hideBelow: 'desktop',
      render: ({ address }) => address ?? UNKNOWN,
    },
    {
      id: 'browser',
      title: 'Browser',
      width: 'minmax(110px, 1.4fr)',
      hideBelow: 'desktop',
      render: ({ user_agent }) => <span title={user_agent ?? ''}>{user_agent ?? UNKNOWN}</span>,
    },
    {
      id: 'end',
      title: 'Actions',
      width: '48px',
      align: 'end',
      render: (session) => (
        <Button
          kind="quiet"
          icon={LogOut}
          label={`End the session ${session.session_id.slice(0, 4)}`}
          onClick={() => onEnd(session)}
        />
      ),
    },
  ];
}

async function end({ session_id, current }: ListedSession): Promise<void> {
  await askApi<undefined>(`${PATH}/${encodeURIComponent(session_id)}`, { method: 'DELETE' });
  showToast({ tone: 'good', text: 'Session ended.' });
  if (current) resources.clear();
  else resources.refresh(PATH);
}

async function endAll(): Promise<void> {
  await askApi<unknown>(PATH, { method: 'DELETE' });
  resources.clear();
}
