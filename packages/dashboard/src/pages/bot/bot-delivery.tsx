/** How updates get to a bot that they are forwarded to: state, backlog, last failure, and what to do. */
import type { ForwardingHistory, ForwardingView } from '@hookpulse/api/forwarding-view';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { resources, useResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { useWrite } from '../../api/use-write.ts';
import { formatCount } from '../../format/numbers.ts';
import { formatShort, formatSpan } from '../../format/times.ts';
import { ReplayDialog } from '../../replaying/replay-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { FormError } from '../../ui/fields.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Tone, ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { showToast } from '../../ui/toast.tsx';
import './bot-delivery.css';
import { backlogSummary } from './backlog-summary.ts';
import './bot-settings.css';

export interface BotDeliveryProps {
  readonly botId: string;
  readonly botName: string;
}

const REFRESH_MS = 3_000;
const HISTORY_REFRESH_MS = 15_000;
const CHART_HEIGHT = 140;

const STATE_WORDS: Readonly<Record<ForwardingView['state'], string>> = {
  delivering: 'Delivering',
  failing: 'Failing',
  paused: 'Paused',
};
const STATE_TONES: Readonly<Record<ForwardingView['state'], Tone>> = {
  delivering: 'good',
  failing: 'bad',
  paused: 'warn',
};

export function BotDelivery({ botId, botName }: BotDeliveryProps) {
  const path = `/api/bots/${encodeURIComponent(botId)}/forwarding`;
  const resource = useResource<ForwardingView>(path, { refreshMs: REFRESH_MS });
  const history = useResource<ForwardingHistory>(`${path}/history`, {
    refreshMs: HISTORY_REFRESH_MS,
  });
  const { data } = resource;
  return (
    <Card
      title="Delivery"
      aside={data && <DeliveryActions view={data} path={path} botName={botName} />}
    >
      <PanelError resource={resource} what="Delivery figures" />
      {!data && !resource.error && <Skeleton height={160} />}
      {data && <DeliveryFacts view={data} />}
      {history.data && <BacklogCharts points={history.data.points} />}
    </Card>
  );
}

function DeliveryFacts({ view }: { readonly view: ForwardingView }) {
  const { state, backlog, oldest_age_seconds: age, in_flight: inFlight } = view;
  const { next_attempt_at: nextAt, last_failure: failure } = view;
  return (
    <>
      <dl class="settings">
        <Line term="State">
          <ToneBadge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</ToneBadge>
        </Line>
        <Line term="Backlog">{formatCount(backlog)}</Line>
        <Line term="Oldest update waits">
          {age === null ? 'None waits' : formatSpan(age * SECOND_MS)}
        </Line>
        <Line term="In flight">{formatCount(inFlight)}</Line>
        {nextAt !== null && (
          <Line term="Next attempt">
            <Time at={nextAt} />
          </Line>
        )}
      </dl>
      {failure !== null && (
        <p class="delivery-failure">
          Last failure, <Time at={failure.at} />: <code>{failure.error}</code>
        </p>
      )}
    </>
  );
}

function BacklogCharts({ points }: Pick<ForwardingHistory, 'points'>) {
  const { times, backlog, ages } = useMemo(
    () => ({
      times: points.map(({ at }) => Date.parse(at)),
      backlog: points.map((point) => point.backlog),
      ages: points.map((point) => point.oldest_age_seconds),
    }),
    [points],
  );
  const time = { times, formatTime: formatShort, height: CHART_HEIGHT };
  const formatAge = (seconds: number) => formatSpan(seconds * SECOND_MS);
  return (
    <div class="delivery-charts">
      <Chart
        {...time}
        title="Backlog within the last hour"
        summary={backlogSummary(backlog, formatCount)}
        series={[{ label: 'Backlog', color: '--chart-1', kind: 'area', values: backlog }]}
        format={formatCount}
      />
      <Chart
        {...time}
        title="Age of the oldest update within the last hour"
        summary={backlogSummary(ages, formatAge)}
        series={[{ label: 'Oldest update waits', color: '--chart-2', kind: 'area', values: ages }]}
        format={formatAge}
        formatAxis={formatAge}
      />
    </div>
  );
}

interface DeliveryActionsProps {
  readonly view: ForwardingView;
  readonly path: string;
  readonly botName: string;
}

function DeliveryActions({ view, path, botName }: DeliveryActionsProps) {
  const { writes } = useSession();
  const [asked, setAsked] = useState<'pause' | 'replay' | null>(null);
  const { run, isBusy, error } = useWrite();
  const close = () => setAsked(null);
  const isPaused = view.state === 'paused';
  if (!writes) return null;

  async function set(action: 'pause' | 'resume'): Promise<void> {
    await askApi<ForwardingView>(`${path}/${action}`, { method: 'POST' });
    const text = action === 'pause' ? 'Forwarding is paused.' : 'Forwarding goes on.';
    showToast({ tone: 'good', text });
    resources.refresh(path);
  }

  return (
    <div class="delivery-actions">
      <Button onClick={() => setAsked('replay')}>Deliver again…</Button>
      {isPaused ? (
        <Button isBusy={isBusy} onClick={() => void run(() => set('resume'))}>
          Resume
        </Button>
      ) : (
        <Button onClick={() => setAsked('pause')}>Pause…</Button>
      )}
      {error && <FormError error={error} />}
      {asked === 'replay' && <ReplayDialog botId={view.bot_id} botName={botName} onClose={close} />}
      {asked === 'pause' && (
        <ConfirmDialog
          title={`Pause forwarding to ${botName}?`}
          action="Pause forwarding"
          onConfirm={() => set('pause')}
          onClose={close}
        >
          <p>Its updates wait on the log. Those that wait longer than 24 hours are given up.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}

function Line({ term, children }: { readonly term: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
