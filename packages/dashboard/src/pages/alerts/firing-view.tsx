/** What fires now, by rule, the worst first. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { CircleCheckBig } from 'lucide';
import type { ListAnswer } from '../../api/answers.ts';
import { resources, type WatchedResource } from '../../api/resources.ts';
import { ruleTitle } from '../../format/alert-rules.ts';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { FIRING_PATH } from './alert-queries.ts';
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
  return (
    <div class="alerts-groups">
      {groupFiring(data.alerts).map(({ rule, alerts }) => (
        <Card
          key={rule}
          title={ruleTitle(rule)}
          aside={<span class="alerts-note">{botsText(alerts.length)}</span>}
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

function botsText(count: number): string {
  return count === 1 ? '1 bot' : `${count} bots`;
}
