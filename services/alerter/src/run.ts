/** The alerter at work: joins its group, reads its partitions, and evaluates the rules until it is closed. */

import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import type { EventLog, PartitionLag } from '@hookpulse/event-log/event-log';
import { ALERTER_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { type Span, type Tracer, traceIdOf } from '@hookpulse/service-kit/telemetry/tracer';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { ForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import type { FirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import type { Presence } from '@hookpulse/topic-tables/presence/presence';
import { judgedForwarding } from './domain/judged-forwarding.ts';
import { windowShape } from './domain/window-shape.ts';
import { AlertsWatermark } from './judging/alerts-watermark.ts';
import { BotRoster } from './judging/bot-roster.ts';
import { Evaluation } from './judging/evaluation.ts';
import { FleetJudge } from './judging/fleet-judge.ts';
import { TracedBots } from './judging/traced-bots.ts';
import { TransitionPublisher } from './judging/transition-publisher.ts';
import { WatchedPartitions } from './judging/watched-partitions.ts';
import type { AlerterMetrics } from './metrics.ts';
import { startTicking } from './ticking.ts';

export interface AlerterDeps {
  readonly log: EventLog;
  readonly registry: Pick<BotRegistry, 'get' | 'list'>;
  readonly alertStates: AlertStates;
  readonly controls: AlertControls;
  readonly presence: Presence;
  readonly firstEvents: FirstEvents;
  readonly forwarding: Pick<ForwardingStatuses, 'get'>;
  /** What the environment sets. */
  readonly base: AlertSettings;
  readonly windowMs: number;
  /** Between two evaluations. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
  readonly logger: Logger;
  readonly metrics: AlerterMetrics;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** Told after every evaluation of all partitions held, as of a moment that is known. */
  onJudged?(judgedAsOfMs: number): void;
}

export interface RunningAlerter {
  /** Whether the group counts it as a member now. */
  readonly isMember: boolean;
  readonly assignedPartitions: number;
  /** Whether the group has given it no partition: there are more alerters than partitions. */
  readonly isSpare: boolean;
  /** The moment that all partitions held were last judged as of; null: never. */
  readonly judgedAsOfMs: number | null;
  /** Resolves when all partitions held were judged for the first time. */
  readonly firstJudged: Promise<void>;
  /** Whether this alerter is the one that sends mails, and knows what others sent. */
  isMailer(): boolean;
  lag(): Promise<readonly PartitionLag[]>;
  close(): Promise<void>;
}

/** Few enough that a batch is folded in milliseconds, and the event loop is free in between. */
const MAX_BATCH_MESSAGES = 1_000;
/**
 * The alerter that holds this partition sends the mails of all. So an outage of many bots is one mail,
 * however many alerters judge, and no two alerters send the same mail.
 */
const MAILER_PARTITION = 0;

/** Joins the group and judges until closed. Resolves once joined. */
export async function runAlerter(deps: AlerterDeps): Promise<RunningAlerter> {
  const { log, registry, alertStates, controls, base, clock, logger, metrics } = deps;
  const { windowMs, presence, firstEvents } = deps;
  const shape = windowShape(windowMs);
  const roster = new BotRoster({ registry, controls, base, partitionCount });
  const statesWatermark = new AlertsWatermark(alertStates);
  const tracedBots = deps.tracer ? new TracedBots() : null;
  const publisher = new TransitionPublisher({
    ...{ log, alertStates, clock, logger, onPublished, startSpan },
  });
  const partitions = new WatchedPartitions({
    log,
    roster,
    shape,
    clock,
    logger,
    tracedBots,
    onFolded: (tally) => metrics.foldedEvents.addAll(tally),
    onRevoked() {
      publisher.forgetUnless(isMine);
      judge.forgetOthers();
    },
  });
  const judge = new FleetJudge({
    roster,
    alertStates,
    partitions,
    publisher,
    presence,
    firstEvents,
    forwardingOf: ({ bot_id, forward }) =>
      forward ? judgedForwarding(forward, deps.forwarding.get(bot_id)) : null,
    windowMs,
  });
  // Takes seconds with a million bots, and no member of the group may be silent for so long.
  await roster.refresh();
  const consumer = await log.consume({
    groupId: ALERTER_GROUP,
    topics: [EVENTS_TOPIC],
    maxBatchMessages: MAX_BATCH_MESSAGES,
    handler: partitions,
  });
  const evaluation = new Evaluation({
    ...{ log, roster, partitions, statesWatermark, judge, publisher, metrics },
    ...{ clock, steadyClock: deps.steadyClock },
    onJudged: (judgedAsOfMs) => deps.onJudged?.(judgedAsOfMs),
  });
  const waiting = createWaitLog(logger, 'alert rules could not be evaluated; retrying');
  const ticking = startTicking(deps.intervalMs, evaluate, (error) => waiting.failed(error));

  return {
    get isMember() {
      return consumer.isMember;
    },
    get assignedPartitions() {
      return partitions.size;
    },
    get isSpare() {
      return evaluation.isSpare;
    },
    get judgedAsOfMs() {
      return evaluation.judgedAsOfMs;
    },
    firstJudged: evaluation.firstJudged,
    isMailer() {
      const watched = partitions.get(MAILER_PARTITION);
      return watched !== undefined && (statesWatermark.knownToMs() ?? 0) >= watched.assignedMs;
    },
    lag: () => consumer.lag(),
    async close() {
      await ticking.close();
      await consumer.close();
    },
  };

  async function evaluate(): Promise<void> {
    await evaluation.run(consumer);
    waiting.over();
  }

  async function partitionCount(): Promise<number> {
    return (await log.ranges(EVENTS_TOPIC)).length;
  }

  function isMine({ bot_id }: AlertTransition): boolean {
    const partition = roster.get(bot_id)?.partition;
    return partition !== undefined && partitions.get(partition) !== undefined;
  }

  function startSpan({ bot_id, rule, transition }: AlertTransition): Span | null {
    const parent = tracedBots?.get(bot_id) ?? null;
    if (!deps.tracer || parent === null) return null;
    return deps.tracer.start({
      name: 'alert transition',
      kind: 'producer',
      parent,
      attributes: {
        'hookpulse.bot_id': bot_id,
        'hookpulse.rule': rule,
        'hookpulse.transition': transition,
      },
    });
  }

  function onPublished(transition: AlertTransition): void {
    const { rule, reason, transition: name } = transition;
    metrics.transitions.inc({ rule, transition: name });
    const ids = { key: alertKey(transition), ...traceIdOf(transition.traceparent) };
    logger.info({ ...ids, rule, transition: name, reason }, 'alert');
  }
}
