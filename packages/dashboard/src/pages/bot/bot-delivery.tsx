/** How updates get to a bot that they are forwarded to: state, backlog, last failure, and what to do. */
import type { ForwardingHistory, ForwardingView } from '@hookpulse/api/forwarding-view';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import { useResource } from '../../api/resources.ts';
import { formatCount, UNKNOWN } from '../../format/numbers.ts';
import { formatSpan } from '../../format/times.ts';
import { Card } from '../../ui/card.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { type Tone, ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { BacklogCharts } from './backlog-charts.tsx';
import './bot-delivery.css';
import { DeliveryActions } from './delivery-actions.tsx';
import { Fact, FactList } from './fact-list.tsx';
import { LostReplies } from './lost-replies.tsx';

export interface BotDeliveryProps {
  readonly botId: string;
  readonly botName: string;
}

const REFRESH_MS = 3_000;
const HISTORY_REFRESH_MS = 15_000;

type State = ForwardingView['state'];

const STATE_WORDS: Readonly<Record<State, string>> = {
  delivering: 'Delivering',
  failing: 'Failing',
  paused: 'Paused',
};
const STATE_TONES: Readonly<Record<State, Tone>> = {
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
      <LostReplies botId={botId} />
      <PanelError resource={history} what="Figures of the last hour" />
      {history.data && <BacklogCharts points={history.data.points} />}
    </Card>
  );
}

function DeliveryFacts({ view }: { readonly view: ForwardingView }) {
  const { state, backlog, oldest_age_seconds: age, in_flight: inFlight } = view;
  const { next_attempt_at: nextAt, last_failure: failure } = view;
  return (
    <>
      <FactList>
        <Fact term="State">
          <ToneBadge tone={STATE_TONES[state]}>{STATE_WORDS[state]}</ToneBadge>
        </Fact>
        <Fact term="Backlog">{formatCount(backlog)}</Fact>
        <Fact term="Oldest update waits">
          {age === null ? UNKNOWN : formatSpan(age * SECOND_MS)}
        </Fact>
        <Fact term="In flight">{formatCount(inFlight)}</Fact>
        {nextAt !== null && (
          <Fact term="Next attempt">
            <Time at={nextAt} as="moment" />
          </Fact>
        )}
      </FactList>
      {failure !== null && (
        <p class="delivery-failure">
          Last failure, <Time at={failure.at} />: <code>{failure.error}</code>
        </p>
      )}
    </>
  );
}
