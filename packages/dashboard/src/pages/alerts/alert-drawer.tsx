/** One alert in full: why, by which numbers, and what has happened to it. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { BellOff } from 'lucide';
import type { ListAnswer } from '../../api/answers.ts';
import { resources, useResource } from '../../api/resources.ts';
import { CauseLink } from '../../error-causes/cause-link.tsx';
import { shortReason } from '../../format/alert-reason.ts';
import { ruleTitle } from '../../format/alert-rules.ts';
import { formatSpan } from '../../format/times.ts';
import { botNameText } from '../../ui/bot-name.tsx';
import { Button, LinkButton } from '../../ui/button.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { HelpLink } from '../../ui/help-link.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Time } from '../../ui/time.tsx';
import './alert-drawer.css';
import { AlertCondition } from './alert-condition.tsx';
import { shownFacts } from './alert-facts.ts';
import { AlertNotes } from './alert-notes.tsx';
import { type AlertPlace, endedAt, eventsAround, onePath } from './alert-queries.ts';
import { AlertTimeline } from './alert-timeline.tsx';
import { AlertState } from './history-columns.tsx';
import { MailNote } from './mail-note.tsx';

const REFRESH_MS = 5_000;

export interface AlertDrawerProps {
  readonly place: AlertPlace;
  /** Whether its bot's name does not tell which bot it is. */
  readonly isNameShared: boolean;
  /** Null: the viewer may not. */
  readonly onSilence: ((alert: AlertView) => void) | null;
  readonly onClose: () => void;
}

export function AlertDrawer({ place, isNameShared, onSilence, onClose }: AlertDrawerProps) {
  const path = onePath(place);
  const resource = useResource<ListAnswer<'alerts', AlertView>>(path, {
    refreshMs: REFRESH_MS,
  });
  const { data, error, isPrevious } = resource;
  const alert = isPrevious ? undefined : data?.alerts[0];
  return (
    <Drawer
      title={`${botNameText({
        id: place.bot_id,
        name: alert?.bot_name ?? place.bot_id,
        isShared: isNameShared,
      })}: ${ruleTitle(place.rule)}`}
      beside={alert && <AlertState state={alert.state} />}
      onClose={onClose}
    >
      {alert ? (
        <>
          <PanelError resource={resource} what="Facts" />
          <AlertContent key={alert.alert_id} alert={alert} onSilence={onSilence} />
        </>
      ) : error ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : data && !isPrevious ? (
        <EmptyState title="Alert not found">
          The history of its bot may have been erased.
        </EmptyState>
      ) : (
        <Skeleton height={200} />
      )}
    </Drawer>
  );
}

type AlertContentProps = Pick<AlertDrawerProps, 'onSilence'> & { readonly alert: AlertView };

function AlertContent({ alert, onSilence }: AlertContentProps) {
  const { bot_id, silence, state } = alert;
  const isFiring = state === 'firing';
  const end = endedAt(alert);
  return (
    <>
      {alert.causes[0] && (
        <p class="alert-reason">
          <CauseLink cause={alert.causes[0]} botId={bot_id} to={end ?? undefined} />
        </p>
      )}
      <p class="alert-reason">{shortReason(alert)}</p>
      <div class="alert-actions">
        {onSilence && isFiring && silence === null && (
          <Button icon={BellOff} onClick={() => onSilence(alert)}>
            Silence
          </Button>
        )}
        <LinkButton href={`/bots/${bot_id}`}>Go to {alert.bot_name}</LinkButton>
        <LinkButton href={eventsAround(alert)}>Events before and after</LinkButton>
        <HelpLink place={alert.rule.replaceAll('_', '-')} />
      </div>
      {silence && (
        <p class="alert-silence">
          {silence.created_by} holds back its mails until <Time at={silence.ends_at} as="short" />:{' '}
          {silence.reason}
        </p>
      )}
      <dl class="alert-facts">
        <div>
          <dt>Fired</dt>
          <dd>
            <Time at={alert.fired_at} as="short" />
          </dd>
        </div>
        <div>
          <dt>{isFiring ? 'For' : 'Lasted'}</dt>
          <dd>{formatSpan(alert.duration_seconds * 1_000)}</dd>
        </div>
        {shownFacts(alert.facts).map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <AlertCondition place={alert} />
      {alert.channels.length > 0 && (
        <section class="alert-section">
          <h3>Channels</h3>
          {alert.channels.map((channel) => (
            <p key={channel.receiver}>
              <MailNote mail={{ ...channel, receivers: [channel.receiver] }} />
            </p>
          ))}
        </section>
      )}
      <section class="alert-section">
        <h3>Timeline</h3>
        <AlertTimeline alert={alert} />
      </section>
      <AlertNotes botId={bot_id} firedAt={alert.fired_at} endedAt={end} />
    </>
  );
}
