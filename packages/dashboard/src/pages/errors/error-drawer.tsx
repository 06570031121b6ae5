/** One group of errors in full: since when, how often, whom it touches, and its newest events. */
import type { ErrorGroup } from '@hookpulse/api/error-groups';
import { kindWords } from '@hookpulse/common/events/cause-words';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { resources, useResource } from '../../api/resources.ts';
import { serverNow } from '../../api/server-clock.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { formatCount } from '../../format/numbers.ts';
import { formatShort } from '../../format/times.ts';
import { useMarks } from '../../marks/use-marks.ts';
import { useUrlState } from '../../state/url-state.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Chart } from '../../ui/chart.tsx';
import { Drawer } from '../../ui/drawer.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { MarkList } from '../../ui/mark-list.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';
import { ErrorActions } from './error-actions.tsx';
import './error-drawer.css';
import { askedSpan, type ErrorQuery, eventsOfGroup, groupPath } from './error-queries.ts';
import { ERROR_STATE_TONES, ERROR_STATE_WORDS, type ShownSpan, wholeLine } from './error-words.ts';

const REFRESH_MS = 10_000;
const NOT_FOUND = 404;
/** More bars would be thinner than a pixel. */
const MAX_BARS = 120;
const CHART_HEIGHT = 140;

export interface ErrorDrawerProps {
  readonly fingerprint: string;
  readonly query: ErrorQuery;
  readonly onClose: () => void;
}

export function ErrorDrawer({ fingerprint, query, onClose }: ErrorDrawerProps) {
  const nowMs = serverNow();
  const path = groupPath(fingerprint, query, nowMs);
  const { data, error, isPrevious } = useResource<ErrorGroup>(path, { refreshMs: REFRESH_MS });
  const group = data?.fingerprint === fingerprint ? data : null;
  return (
    <Drawer
      title={group?.error_type ?? 'Error'}
      beside={
        group && (
          <ToneBadge tone={ERROR_STATE_TONES[group.state]}>
            {ERROR_STATE_WORDS[group.state]}
          </ToneBadge>
        )
      }
      onClose={onClose}
    >
      {group ? (
        <ErrorContent key={fingerprint} group={group} query={query} nowMs={nowMs} />
      ) : error?.statusCode === NOT_FOUND ? (
        <EmptyState title="No such error in this time">
          Choose a longer range. Events are deleted when they are past the retention.
        </EmptyState>
      ) : error && !isPrevious ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : (
        <Skeleton height={320} />
      )}
    </Drawer>
  );
}

interface ErrorContentProps {
  readonly group: ErrorGroup;
  readonly query: ErrorQuery;
  readonly nowMs: number;
}

function ErrorContent({ group, query, nowMs }: ErrorContentProps) {
  const { names } = useBots();
  const { fromMs, toMs: endMs } = askedSpan(query.range, nowMs);
  const toMs = Math.min(endMs ?? nowMs, nowMs);
  const span = { fromMs: fromMs ?? toMs - DAY_MS, toMs };
  const { bot_id, update_type } = query.filter;
  const [from, to] = [iso(span.fromMs), iso(toMs)];
  const events = (more: { bot_id?: string; update_type?: string } = {}) =>
    eventsOfGroup(group.fingerprint, { from, to, bot_id, update_type, ...more });
  return (
    <>
      <p class="error-message">{group.error_message ?? 'Reported without a message.'}</p>
      <div class="error-actions">
        <LinkButton href={events()}>{`Show ${formatCount(group.count)} events`}</LinkButton>
        <ErrorActions group={group} />
      </div>
      <MarkNote group={group} />
      <dl class="error-facts">
        <Fact name="Events">{formatCount(group.count)}</Fact>
        <Fact name="Share of failures">{group.share}</Fact>
        <Fact name="First seen">
          <Time at={group.first_seen} as="short" />
        </Fact>
        <Fact name="Last seen">
          <Time at={group.last_seen} as="short" />
        </Fact>
      </dl>
      <GroupChart group={group} span={span} />
      <section class="error-section">
        <h3>Touches</h3>
        <ul class="error-touched">
          {group.update_types.map(({ update_type: kind, count }) => (
            <li key={kind}>
              {kind === null ? (
                <span>Unknown</span>
              ) : (
                <a href={events({ update_type: kind })}>{capital(kindWords(kind))}</a>
              )}
              <span>{formatCount(count)}</span>
            </li>
          ))}
        </ul>
        <ul class="error-touched">
          {group.bots.map(({ bot_id: id, count }) => (
            <li key={id}>
              <a href={events({ bot_id: id })}>{names.get(id) ?? id}</a>
              <span>{formatCount(count)}</span>
            </li>
          ))}
          {group.bot_count > group.bots.length && (
            <li>
              <span>{formatCount(group.bot_count - group.bots.length)} more bots</span>
            </li>
          )}
        </ul>
      </section>
      <section class="error-section">
        <h3>Newest events</h3>
        <ul class="error-samples">
          {group.samples.map((sample) => (
            <li key={sample.event_id}>
              <a href={`/events/${sample.event_id}`}>
                <Time at={sample.timestamp} as="moment" />
              </a>
              <span>{names.get(sample.bot_id) ?? sample.bot_id}</span>
              <code>{sample.error_message ?? sample.update_type ?? ''}</code>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function MarkNote({
  group: { state, marked_by, marked_at, ignored_until },
}: {
  readonly group: ErrorGroup;
}) {
  if (marked_by === null) return null;
  return (
    <p class="error-note">
      {state === 'ignored' ? 'Ignored' : 'Resolved'} by {marked_by},{' '}
      <Time at={marked_at} as="short" />
      {ignored_until !== null && (
        <>
          {' '}
          until <Time at={ignored_until} as="short" />
        </>
      )}
      {state === 'back' && '; it has happened again since'}.
    </p>
  );
}

function GroupChart({
  group,
  span: asked,
}: {
  readonly group: ErrorGroup;
  readonly span: ShownSpan;
}) {
  const url = useUrlState();
  const [bot] = group.bots;
  // Years before the first event would be nothing but zeros.
  const fromMs = Math.max(asked.fromMs, Date.parse(group.first_seen) - DAY_MS);
  const span = { fromMs, toMs: asked.toMs };
  // What was done to one bot explains nothing of others.
  const marks = useMarks(group.bot_count === 1 && bot ? bot.bot_id : null, span.fromMs);
  const { times, counts } = useMemo(() => wholeLine(group, span), [group]);
  const unit = group.line.step_seconds === 60 ? 'minute' : 'hour';
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  return (
    <>
      <Chart
        title={`Events per ${unit}`}
        summary={`${formatCount(group.count)} events, at most ${formatCount(most)} in one ${unit}.`}
        times={times}
        series={[
          {
            label: `Events per ${unit}`,
            color: '--chart-2',
            kind: times.length > MAX_BARS ? 'area' : 'bars',
            values: counts,
          },
        ]}
        format={formatCount}
        formatTime={formatShort}
        height={CHART_HEIGHT}
        marks={marks}
        onZoom={(fromMs, toMs) =>
          url.set(
            { range: null, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() },
            true,
          )
        }
      />
      <MarkList marks={marks} />
    </>
  );
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
