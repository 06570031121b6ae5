/** One alert that fires: whose, why, since when, what its mail became, and silencing it. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { BellOff } from 'lucide';
import { CauseLink } from '../../error-causes/cause-link.tsx';
import { shortReason } from '../../format/alert-reason.ts';
import { useUrlState } from '../../state/url-state.ts';
import { BotName } from '../../ui/bot-name.tsx';
import { Button } from '../../ui/button.tsx';
import { ToneMark } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { placeText } from './alert-queries.ts';
import { MailNote } from './mail-note.tsx';

export interface FiringRowProps {
  readonly alert: AlertView;
  /** Whether its bot's name does not tell which bot it is. */
  readonly isNameShared: boolean;
  /** Null: the viewer may not. */
  readonly onSilence: ((alert: AlertView) => void) | null;
}

export function FiringRow({ alert, isNameShared, onSilence }: FiringRowProps) {
  const { silence, mail } = alert;
  const path = useUrlState().link({ alert: placeText(alert) });
  return (
    <li class="alerts-item">
      <div class="alerts-what">
        <a class="row-link" draggable={false} href={path} title={alert.bot_id}>
          <BotName id={alert.bot_id} name={alert.bot_name} isShared={isNameShared} />
        </a>
        {alert.causes[0] && (
          <p class="alerts-cause">
            <CauseLink cause={alert.causes[0]} botId={alert.bot_id} />
          </p>
        )}
        <p class="alerts-reason">
          {shortReason(alert)}{' '}
          <span class="alerts-as-of">
            As of <Time at={alert.as_of} as="short" />.
          </span>
        </p>
      </div>
      <span class="alerts-since">
        <Time at={alert.fired_at} />
      </span>
      <div class="alerts-state">
        {silence ? <SilenceNote silence={silence} /> : <MailNote mail={mail} />}
      </div>
      {onSilence && silence === null && (
        <Button icon={BellOff} onClick={() => onSilence(alert)}>
          Silence
        </Button>
      )}
    </li>
  );
}

function SilenceNote({ silence }: { readonly silence: NonNullable<AlertView['silence']> }) {
  return (
    <>
      <span class="mail-note">
        <ToneMark tone="idle" />
        <span>
          Silenced until <Time at={silence.ends_at} as="short" />
        </span>
      </span>
      <span class="mail-note" title={silence.reason}>
        <span>
          {silence.created_by}: {silence.reason}
        </span>
      </span>
    </>
  );
}
