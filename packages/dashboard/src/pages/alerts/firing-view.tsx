/** What fires now, by rule, the worst first. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { CircleCheckBig } from 'lucide';
import type { ListAnswer } from '../../api/answers.ts';
import { resources, type WatchedResource } from '../../api/resources.ts';
import { ruleTitle } from '../../format/alert-rules.ts';
import { formatCount } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { ALL_FIRING, FIRING_PATH, MAX_FIRING } from './alert-queries.ts';
import './alerts.css';
import { groupFiring } from './firing-order.ts';
import { FiringRow } from './firing-row.tsx';

export interface FiringViewProps {
  readonly firing: WatchedResource<ListAnswer<'alerts', AlertView>>;
  /** Ids of bots whose name others have, too. */
  readonly shared: ReadonlySet<string>;
  /** Null: the viewer may not. */
  readonly onSilence: ((alert: AlertView) => void) | null;
}

export function FiringView({ firing: { data, error }, shared, onSilence }: FiringViewProps) {
  if (!data) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh(FIRING_PATH)} />
    ) : (
      <TableSkeleton />
    );
  }
  if (data.alerts.length === 0) return <NothingFires />;
  const isWhole = data.next_cursor === null;
  return (
    <div class="alerts-groups">
      {!isWhole && (
        <p class="alerts-intro">
          These are the newest {formatCount(MAX_FIRING)} of the alerts that fire.{' '}
          <a href={ALL_FIRING}>Show all in the history</a>.
        </p>
      )}
      {groupFiring(data.alerts).map(({ rule, alerts }) => (
        <Card
          key={rule}
          title={ruleTitle(rule)}
          aside={<span class="alerts-note">{botsText(alerts.length, isWhole)}</span>}
          isFlush
        >
          <ul>
            {alerts.map((alert) => (
              <FiringRow
                key={alert.alert_id}
                alert={alert}
                isNameShared={shared.has(alert.bot_id)}
                onSilence={onSilence}
              />
            ))}
          </ul>
        </Card>
      ))}
    </div>
  );
}

function NothingFires() {
  return (
    <EmptyState title="No alerts are firing" icon={CircleCheckBig}>
      Alerts appear here while they fire. Past alerts are in the{' '}
      <a href="/alerts?tab=history">history</a>, limits in the{' '}
      <a href="/alerts?tab=settings">settings</a>.
    </EmptyState>
  );
}

function botsText(count: number, isWhole: boolean): string {
  const bots = count === 1 ? '1 bot' : `${formatCount(count)} bots`;
  return isWhole ? bots : `${bots} or more`;
}
