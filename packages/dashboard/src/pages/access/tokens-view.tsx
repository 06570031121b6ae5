/** Named tokens: who has which, and when each was last used. Only admins are answered. */
import type { TokenView } from '@hookpulse/api/named-token-view';
import { KeyRound, Plus, Trash2 } from 'lucide';
import { useMemo, useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { resources, useResource } from '../../api/resources.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { Button } from '../../ui/button.tsx';
import type { Column } from '../../ui/column.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';
import { AccessList } from './access-list.tsx';
import { CreateTokenDialog, TOKENS_PATH } from './create-token-dialog.tsx';
import { botsText, scopeTitle } from './token-words.ts';

const REFRESH_MS = 15_000;

export function TokensView() {
  const { data, error } = useResource<{ readonly tokens: readonly TokenView[] }>(TOKENS_PATH, {
    refreshMs: REFRESH_MS,
  });
  const [isCreating, setIsCreating] = useState(false);
  const [revoking, setRevoking] = useState<TokenView | null>(null);
  const { names } = useBots();
  const columns = useMemo(() => tokenColumns(names, setRevoking), [names]);
  const create = (
    <Button kind="primary" icon={Plus} onClick={() => setIsCreating(true)}>
      Create token
    </Button>
  );
  return (
    <>
      <AccessList
        label="Tokens"
        path={TOKENS_PATH}
        rows={data?.tokens}
        error={error}
        rowKey={({ token_id }) => token_id}
        columns={columns}
        empty={
          <EmptyState title="No named tokens yet" icon={KeyRound} actions={create}>
            Create a token for each person and program. The audit shows which one was used, and each
            can be revoked on its own.
          </EmptyState>
        }
        note="ADMIN_TOKEN and READ_TOKEN come from the environment and are not listed here."
        action={create}
      />
      {isCreating && <CreateTokenDialog onClose={() => setIsCreating(false)} />}
      {revoking && (
        <ConfirmDialog
          title={`Revoke ${revoking.name}?`}
          action="Revoke token"
          isDangerous
          onConfirm={() => revoke(revoking)}
          onClose={() => setRevoking(null)}
        >
          Requests with this token are refused from now on, and its sessions end. This cannot be
          undone.
        </ConfirmDialog>
      )}
    </>
  );
}

function tokenColumns(
  names: ReadonlyMap<string, string>,
  onRevoke: (token: TokenView) => void,
): Column<TokenView>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      width: 'minmax(100px, 1.4fr)',
      render: ({ name, token_id }) => <span title={token_id}>{name}</span>,
    },
    {
      id: 'scope',
      title: 'Scope',
      width: '72px',
      render: ({ scope }) => scopeTitle(scope),
    },
    {
      id: 'bots',
      title: 'Bots',
      width: 'minmax(80px, 1fr)',
      hideBelow: 'tablet',
      render: (token) => <span title={token.bots?.join(', ')}>{botsText(token, names)}</span>,
    },
    {
      id: 'expires',
      title: 'Expires',
      width: '116px',
      hideBelow: 'tablet',
      render: ({ expires_at, expired }) => {
        if (expired) return <ToneBadge tone="warn">Expired</ToneBadge>;
        return expires_at === null ? 'Never' : <Time at={expires_at} as="short" />;
      },
    },
    {
      id: 'used',
      title: 'Last used',
      width: '104px',
      render: ({ last_used_at }) => (last_used_at === null ? 'Never' : <Time at={last_used_at} />),
    },
    {
      id: 'created',
      title: 'Created by',
      width: 'minmax(100px, 1fr)',
      hideBelow: 'desktop',
      render: ({ created_by }) => created_by,
    },
    {
      id: 'revoke',
      title: 'Actions',
      width: '48px',
      align: 'end',
      render: (token) => (
        <Button
          kind="quiet"
          icon={Trash2}
          label={`Revoke ${token.name}`}
          onClick={() => onRevoke(token)}
        />
      ),
    },
  ];
}

async function revoke({ token_id, name }: TokenView): Promise<void> {
  const path = `${TOKENS_PATH}/${encodeURIComponent(token_id)}`;
  await askApi<undefined>(path, { method: 'DELETE' });
  showToast({ tone: 'good', text: `${name} was revoked.` });
  resources.refresh(TOKENS_PATH);
}
