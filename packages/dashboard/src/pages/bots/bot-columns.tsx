/** What the list tells of each bot. */
import type { BotView } from '@hookpulse/api/bot-view';
import { BotName } from '../../ui/bot-name.tsx';
import type { Column } from '../../ui/column.ts';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';

/** @param linkOf - where a row leads to @param shared - ids of bots whose name others have, too */
export function botColumns(
  linkOf: (bot: BotView) => string,
  shared: ReadonlySet<string>,
): Column<BotView>[] {
  return [
    {
      id: 'name',
      title: 'Name',
      width: 'minmax(120px, 2fr)',
      render: (bot) => (
        <a class="row-link" draggable={false} href={linkOf(bot)} title={bot.bot_id}>
          <BotName id={bot.bot_id} name={bot.name} isShared={shared.has(bot.bot_id)} />
        </a>
      ),
    },
    {
      id: 'id',
      title: 'Id',
      width: 'minmax(120px, 2fr)',
      hideBelow: 'tablet',
      render: ({ bot_id }) => <code title={bot_id}>{bot_id}</code>,
    },
    {
      id: 'state',
      title: 'Deliveries',
      width: '104px',
      render: ({ enabled }) => <BotState isEnabled={enabled} />,
    },
    {
      id: 'created',
      title: 'Registered',
      width: '112px',
      hideBelow: 'desktop',
      render: ({ created_at }) => <Time at={created_at} as="short" />,
    },
    {
      id: 'updated',
      title: 'Changed',
      width: '88px',
      align: 'end',
      hideBelow: 'tablet',
      render: ({ updated_at }) => <Time at={updated_at} />,
    },
  ];
}

export function BotState({ isEnabled }: { readonly isEnabled: boolean }) {
  return isEnabled ? (
    <ToneBadge tone="good">Enabled</ToneBadge>
  ) : (
    <ToneBadge tone="idle">Disabled</ToneBadge>
  );
}
