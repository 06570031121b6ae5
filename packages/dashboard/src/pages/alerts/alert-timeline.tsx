/** The transitions of an alert, newest first, each with the receivers that were notified and the time. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { Bell, Check, type IconNode, TriangleAlert } from 'lucide';
import { shortReason } from '../../format/alert-reason.ts';
import { mailSentence } from '../../format/alert-words.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Tone } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { MailNote } from './mail-note.tsx';

type Transition = AlertView['transitions'][number];

interface Look {
  readonly title: string;
  readonly icon: IconNode;
  readonly tone: Tone;
}

const LOOKS: Readonly<Record<Transition['transition'], Look>> = {
  firing: { title: 'Fired', icon: TriangleAlert, tone: 'bad' },
  reminder: { title: 'Still firing', icon: Bell, tone: 'warn' },
  resolved: { title: 'Resolved', icon: Check, tone: 'good' },
};

export function AlertTimeline({ alert }: { readonly alert: AlertView }) {
  return (
    <ol class="timeline" aria-label="Timeline">
      {alert.transitions.toReversed().map((one) => (
        <TimelineItem key={one.sequence} transition={one} botName={alert.bot_name} />
      ))}
    </ol>
  );
}

/** Whether the sentence about it says for whom it was. */
function namesAll(notice: Transition['notifications'][number]): boolean {
  const [first = '', ...others] = notice.receivers;
  return others.length === 0 && mailSentence(notice).includes(first);
}

interface TimelineItemProps {
  readonly transition: Transition;
  readonly botName: string;
}

function TimelineItem({
  transition: { transition, at, reason, notifications },
  botName,
}: TimelineItemProps) {
  const { title, icon, tone } = LOOKS[transition];
  return (
    <li>
      <span class={`timeline-mark tone-${tone}`}>
        <Icon icon={icon} size={13} />
      </span>
      <div>
        <div class="timeline-head">
          <strong>{title}</strong>
          <Time at={at} as="short" />
        </div>
        <p class="timeline-reason">{shortReason({ bot_name: botName, reason })}</p>
        {notifications.map((one) => (
          <div key={one.receivers.join()} class="timeline-notice">
            <MailNote mail={one} />
            <Time at={one.at} as="short" />
            {!namesAll(one) && <p class="timeline-detail">{one.receivers.join(', ')}</p>}
            {one.detail && <p class="timeline-detail">{one.detail}</p>}
          </div>
        ))}
      </div>
    </li>
  );
}
