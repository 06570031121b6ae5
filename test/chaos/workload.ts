/**
 * The traffic of a chaos run: deliveries as Telegram makes them and reports as bots make them, all
 * following from a seed, together with what is true once every one of them was acknowledged.
 */
import { Random } from '@hookpulse/traffic/random';

/** One request. It is sent until it is acknowledged, as Telegram and careful bots do. */
export type PlannedRequest =
  | {
      readonly kind: 'delivery';
      readonly botId: string;
      readonly updateId: number;
      readonly newEvents: number;
    }
  | {
      readonly kind: 'report';
      readonly events: readonly PlannedEvent[];
      readonly newEvents: number;
    };

export interface PlannedEvent {
  readonly event_id: string;
  readonly bot_id: string;
  readonly event_type: 'processed' | 'error' | 'response_sent' | 'retry';
  readonly timestamp?: string;
  readonly processing_time_ms?: number;
  readonly error_type?: string;
}

/** What has to be counted for a bot. Times are whole milliseconds, so that their sums are exact. */
export interface BotTruth {
  received: number;
  processed: number;
  error: number;
  response_sent: number;
  retry: number;
  processingTimeSumMs: number;
}

export interface WorkloadOptions {
  readonly seed: number;
  /** Events that are to be counted in the end; repetitions come on top of them. */
  readonly events: number;
  readonly bots: number;
  /** Milliseconds since the epoch: events that are dated back are so from here. */
  readonly nowMs: number;
  /** Requests that are sent once more although they were acknowledged, as happens when a 200 is lost. */
  readonly repeatedShare?: number;
  /** Of all events; the others are reported, many at once. */
  readonly deliveredShare?: number;
}

const DEFAULT_DELIVERED_SHARE = 0.3;
const MAX_REPORTED_AT_ONCE = 200;
const DEFAULT_REPEATED_SHARE = 0.02;
/** Reports that come late, and belong to windows that nobody holds in memory any more. */
const LATE_SHARE = 0.05;
const MAX_LATE_MS = 5 * 3_600_000;
const MAX_PROCESSING_TIME_MS = 5_000;

const REPORTED_KINDS = [
  { kind: 'processed', weight: 60 },
  { kind: 'response_sent', weight: 25 },
  { kind: 'error', weight: 10 },
  { kind: 'retry', weight: 5 },
] as const;

export class Workload {
  readonly botIds: readonly string[];
  /** By bot; whole only when every request was taken and acknowledged. */
  readonly truth: ReadonlyMap<string, BotTruth>;
  readonly #options: WorkloadOptions;
  readonly #random: Random;
  #planned = 0;
  #eventIds = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.botIds = Array.from({ length: options.bots }, (_, n) => `bot-${n}`);
    this.truth = new Map(this.botIds.map((botId) => [botId, emptyTruth()]));
  }

  /** The requests in turn; a repeated one has no new events. */
  *requests(): Generator<PlannedRequest> {
    const { events, repeatedShare = DEFAULT_REPEATED_SHARE } = this.#options;
    while (this.#planned < events) {
      const request = this.#next();
      this.#planned += request.newEvents;
      yield request;
      if (this.#random.chance(repeatedShare)) yield { ...request, newEvents: 0 };
    }
  }

  #next(): PlannedRequest {
    const reportSize = this.#random.integer(1, MAX_REPORTED_AT_ONCE);
    // So many deliveries for one report that the share of events is as wanted.
    const { deliveredShare = DEFAULT_DELIVERED_SHARE } = this.#options;
    const deliveriesPerReport =
      ((MAX_REPORTED_AT_ONCE / 2) * deliveredShare) / (1 - deliveredShare);
    if (this.#random.chance(deliveriesPerReport / (deliveriesPerReport + 1)))
      return this.#delivery();
    const left = this.#options.events - this.#planned;
    const events = Array.from({ length: Math.min(reportSize, left) }, () => this.#event());
    return { kind: 'report', events, newEvents: events.length };
  }

  #delivery(): PlannedRequest {
    const botId = this.#random.pick(this.botIds);
    const truth = this.#truthOf(botId);
    truth.received += 1;
    // Counted from 1 for each bot: so a gap would show.
    return { kind: 'delivery', botId, updateId: truth.received, newEvents: 1 };
  }

  #event(): PlannedEvent {
    const botId = this.#random.pick(this.botIds);
    const { kind } = this.#random.weighted(REPORTED_KINDS);
    const truth = this.#truthOf(botId);
    truth[kind] += 1;
    const event = { event_id: this.#newEventId(), bot_id: botId, event_type: kind };
    const dated = this.#random.chance(LATE_SHARE)
      ? { ...event, timestamp: this.#lateTime() }
      : event;
    if (kind !== 'processed' && kind !== 'error') return dated;
    const processing_time_ms = this.#random.integer(0, MAX_PROCESSING_TIME_MS);
    truth.processingTimeSumMs += processing_time_ms;
    const timed = { ...dated, processing_time_ms };
    return kind === 'error' ? { ...timed, error_type: 'ValueError' } : timed;
  }

  #lateTime(): string {
    return new Date(this.#options.nowMs - this.#random.integer(0, MAX_LATE_MS)).toISOString();
  }

  /** A UUID of version 8, whose bits are the maker's own affair (RFC 9562, section 5.8). */
  #newEventId(): string {
    this.#eventIds += 1;
    return `00000000-0000-8000-8000-${this.#eventIds.toString(16).padStart(12, '0')}`;
  }

  #truthOf(botId: string): BotTruth {
    const truth = this.truth.get(botId);
    if (!truth) throw new RangeError(`no bot ${botId}`);
    return truth;
  }
}

function emptyTruth(): BotTruth {
  return {
    received: 0,
    processed: 0,
    error: 0,
    response_sent: 0,
    retry: 0,
    processingTimeSumMs: 0,
  };
}
