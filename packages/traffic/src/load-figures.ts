/** What became of a load, as far as it has come. */
import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';

export interface LatencyFigures {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export interface RequestFigures {
  readonly sent: number;
  readonly accepted: number;
  /** By status. */
  readonly refused: Readonly<Record<string, number>>;
  /** Without any answer: nobody knows what became of them. */
  readonly unanswered: number;
}

/** Counts the answers to requests of one kind. */
export class AnswerCount {
  #accepted = 0;
  #unanswered = 0;
  readonly #refused = new Map<number, number>();
  readonly #acceptedStatus: number;

  constructor(acceptedStatus: number) {
    this.#acceptedStatus = acceptedStatus;
  }

  /** @param status - null: no answer came  @returns whether it was accepted */
  add(status: number | null): boolean {
    if (status === this.#acceptedStatus) this.#accepted += 1;
    else if (status === null) this.#unanswered += 1;
    else this.#refused.set(status, (this.#refused.get(status) ?? 0) + 1);
    return status === this.#acceptedStatus;
  }

  /** Not accepted, for whatever reason. */
  get failures(): number {
    return this.#unanswered + [...this.#refused.values()].reduce((sum, count) => sum + count, 0);
  }

  figures(): RequestFigures {
    return {
      sent: this.#accepted + this.failures,
      accepted: this.#accepted,
      refused: Object.fromEntries(this.#refused),
      unanswered: this.#unanswered,
    };
  }
}

/** Latencies, milliseconds; percentiles within 1 %. */
export class LatencyRecord {
  readonly #digest = new LatencyDigest();

  add(ms: number): void {
    this.#digest.add(Math.max(0, ms));
  }

  figures(): LatencyFigures {
    const at = (p: number) => roundMs(this.#digest.percentile(p));
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
  }
}

function roundMs(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
