/** What the history tells of each alert. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { shortReason } from '../../format/alert-reason.ts';
import { ruleTitle } from '../../format/alert-rules.ts';
import { formatSpan } from '../../format/times.ts';
import { BotName } from '../../ui/bot-name.tsx';
import type { Column } from '../../ui/column.ts';
import { PhoneMark } from '../../ui/phone-mark.tsx';
import { type Tone, ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { MailNote } from './mail-note.tsx';

type State = AlertView['state'];
const STATE_TONES: Readonly<Record<State, Tone>> = { firing: 'bad', resolved: 'idle' };
const STATE_WORDS: Readonly<Record<State, string>> = { firing: 'Firing', resolved: 'Resolved' };

/**
 * @param linkOf - the address that shows the alert in full
 * @param shared - ids of bots whose name others have, too
 */
export function historyColumns(
  linkOf: (alert: AlertView) => string,
  shared: ReadonlySet<string>,
): Column<AlertView>[] {
  return [
    {
      id: 'bot',
      title: 'Bot',
      width: 'minmax(64px, 1fr)',
      render: (alert) => (
        <a class="row-link" draggable={false} href={linkOf(alert)} title={alert.bot_id}>
          <BotName id={alert.bot_id} name={alert.bot_name} isShared={shared.has(alert.bot_id)} />
        </a>
      ),
    },
    {
      id: 'rule',
      title: 'Rule',
      width: 'minmax(80px, 132px)',
      render: ({ rule, state }) => (
        <>
          <PhoneMark tone={STATE_TONES[state]} word={state} />
          {ruleTitle(rule)}
        </>
      ),
    },
    {
      id: 'state',
      title: 'State',
      width: '96px',
      hideBelow: 'tablet',
      render: ({ state }) => <AlertState state={state} />,
    },
    {
      id: 'reason',
      title: 'Why it fired',
      width: 'minmax(160px, 2fr)',
      hideBelow: 'desktop',
      render: ({ bot_name, reason, transitions }) =>
        shortReason({ bot_name, reason: transitions[0]?.reason ?? reason }),
    },
    {
      id: 'mail',
      title: 'Mail',
      width: 'minmax(120px, 1fr)',
      hideBelow: 'desktop',
      render: ({ mail }) => <MailNote mail={mail} />,
    },
    {
      id: 'fired',
      title: 'Fired',
      width: 'minmax(88px, 104px)',
      render: ({ fired_at }) => <Time at={fired_at} as="short" />,
    },
    {
      id: 'lasted',
      title: 'Lasted',
      width: '64px',
      align: 'end',
      hideBelow: 'tablet',
      render: ({ duration_seconds }) => formatSpan(duration_seconds * 1_000),
    },
  ];
}

export function AlertState({ state }: { readonly state: State }) {
  return <ToneBadge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</ToneBadge>;
}
