/** The fleet in figures: how many bots are in which state, what they did, how much of it failed. */

import type { FleetHealth } from '@hookpulse/api/fleet-health';
import { HEALTH_STATUSES } from '@hookpulse/common/windows/health-status';
import { formatCount } from '../../format/numbers.ts';
import { useUrlState } from '../../state/url-state.ts';
import { Skeleton } from '../../ui/skeleton.tsx';
import { STATUS_TONES, STATUS_WORDS, ToneMark } from '../../ui/status-badge.tsx';
import './fleet-summary.css';

export function FleetSummary({ health }: { readonly health: FleetHealth | null }) {
  const url = useUrlState();
  const filter = url.get('status');
  return (
    <section class="summary" aria-label="Summary">
      <div class="summary-statuses">
        {HEALTH_STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            class="summary-status"
            aria-pressed={filter === status}
            onClick={() => url.set({ status: filter === status ? null : status }, true)}
          >
            <span class="summary-name">
              <ToneMark tone={STATUS_TONES[status]} />
              {STATUS_WORDS[status]}
            </span>
            <Figure text={health && formatCount(countOf(health, status))} />
          </button>
        ))}
      </div>
      <dl class="summary-figures">
        <div>
          <dt>Events, 15 min</dt>
          <dd>
            <Figure text={health && formatCount(health.summary.total_events_last_15min)} />
          </dd>
        </div>
        <div>
          <dt>Errors, 15 min</dt>
          <dd>
            <Figure text={health && formatCount(health.summary.total_errors_last_15min)} />
          </dd>
        </div>
        <div>
          <dt>Error rate</dt>
          <dd>
            <Figure text={health?.summary.overall_error_rate ?? null} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** @param text - null: not known yet */
function Figure({ text }: { readonly text: string | null }) {
  return <span class="summary-figure">{text ?? <Skeleton width="64px" height={26} />}</span>;
}

function countOf({ bots }: FleetHealth, status: FleetHealth['status']): number {
  return bots.reduce((count, bot) => count + (bot.status === status ? 1 : 0), 0);
}
