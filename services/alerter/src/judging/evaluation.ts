/** One evaluation after another: know up to when → judge → publish. */
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Consumer, EventLog } from '@hookpulse/event-log/event-log';
import { ALERT_MAILS_TOPIC, ALERTS_TOPIC, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { wasSetBack } from '../domain/clock-trust.ts';
import type { AlerterMetrics } from '../metrics.ts';
import type { AlertsWatermark } from './alerts-watermark.ts';
import type { BotRoster } from './bot-roster.ts';
import type { FleetJudge } from './fleet-judge.ts';
import type { TransitionPublisher } from './transition-publisher.ts';
import type { WatchedPartitions } from './watched-partitions.ts';

export interface EvaluationDeps {
  readonly log: Pick<EventLog, 'ranges'>;
  readonly roster: BotRoster;
  readonly partitions: WatchedPartitions;
  readonly statesWatermark: AlertsWatermark;
  readonly judge: FleetJudge;
  readonly publisher: TransitionPublisher;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
  readonly metrics: Pick<AlerterMetrics, 'evaluationSeconds'>;
  /** Told after every evaluation of all partitions held, as of a moment that is known. */
  onJudged?(judgedAsOfMs: number): void;
}

/** Longer than it takes the group to share the partitions out. */
const SPARE_AFTER_MS = 15_000;

export class Evaluation {
  readonly #deps: EvaluationDeps;
  readonly #firstJudged = Promise.withResolvers<void>();
  #judgedAsOfMs: number | null = null;
  #evaluatedMs = Number.NEGATIVE_INFINITY;
  /** Since when the alerter has held no partition, by the steady clock. */
  #emptySinceMs: number | null = null;

  constructor(deps: EvaluationDeps) {
    this.#deps = deps;
  }

  /** The moment that all partitions held were last judged as of; null: never. */
  get judgedAsOfMs(): number | null {
    return this.#judgedAsOfMs;
  }

  /** Resolves when all partitions held were judged for the first time. */
  get firstJudged(): Promise<void> {
    return this.#firstJudged.promise;
  }

  /** Whether the group has given this alerter no partition: there are more alerters than partitions. */
  get isSpare(): boolean {
    const sinceMs = this.#emptySinceMs;
    return sinceMs !== null && this.#deps.steadyClock.now() - sinceMs >= SPARE_AFTER_MS;
  }

  /** @throws LogUnavailableError; the next run does what is left. */
  async run(consumer: Pick<Consumer, 'seek'>): Promise<void> {
    const { roster, partitions, statesWatermark, judge, publisher, metrics } = this.#deps;
    const { clock, steadyClock } = this.#deps;
    const nowMs = clock.now();
    // As of a time to come: until that has come, nobody would see that nothing is judged.
    if (wasSetBack(this.#evaluatedMs, nowMs)) this.#judgedAsOfMs = null;
    this.#evaluatedMs = nowMs;
    await this.#learnEnds();
    await roster.refresh();
    await partitions.rereadWhereNeeded(consumer);
    publisher.forgetKnown(statesWatermark.knownToMs());
    const startedMs = steadyClock.now();
    const asOfMs = await judge.judgeAll(statesWatermark.knownToMs());
    metrics.evaluationSeconds.observe((steadyClock.now() - startedMs) / 1_000);
    judge.endAlertsOfGoneBots(statesWatermark.knownToMs());
    await publisher.flush(statesWatermark.knownToMs());
    await judge.noteHeard();
    await partitions.forgetUnwatched();
    this.#emptySinceMs = partitions.size === 0 ? (this.#emptySinceMs ?? steadyClock.now()) : null;
    if (asOfMs === null) return;
    this.#judgedAsOfMs = asOfMs;
    this.#firstJudged.resolve();
    this.#deps.onJudged?.(asOfMs);
  }

  /** Asks the log for its ends: up to them everything is to be read before anything is judged. */
  async #learnEnds(): Promise<void> {
    const { log, partitions, statesWatermark, clock } = this.#deps;
    const askedMs = clock.now();
    const [events, alerts, mails] = await Promise.all(
      [EVENTS_TOPIC, ALERTS_TOPIC, ALERT_MAILS_TOPIC].map((topic) => log.ranges(topic)),
    );
    statesWatermark.told([...(alerts ?? []), ...(mails ?? [])], askedMs);
    const ends = new Map(events?.map(({ partition, endOffset }) => [partition, endOffset]));
    for (const { partition, watermark } of partitions.list()) {
      const endOffset = ends.get(partition);
      if (endOffset !== undefined) watermark.told(endOffset, askedMs);
    }
  }
}
