/** Whether a service can do its work now, check by check, and since when it cannot. */

import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { type Settled, settleWithin } from '@hookpulse/common/runtime/settle-within';
import { reasonOf } from '@hookpulse/common/runtime/wait-log';
import { LogBlockedError } from '@hookpulse/event-log/event-log';
import { StoreEmptiedError } from '@hookpulse/store/store-errors';

/** An engine that this service cannot work without. */
export interface ReadinessCheck {
  /** As operators know it: `log`, `store`, … */
  readonly name: string;
  /**
   * Resolves when the engine does its part; rejects when it does not, with a `NotReadyError` where
   * there is more to say than that it does not answer.
   */
  check(): Promise<void>;
}

/** Thrown by a check that knows what is wrong. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  readonly sinceMs: number | null;

  /**
   * @param problem - what the engine does or does not; shown to callers, so without internals
   * @param sinceMs - when it began, milliseconds since the epoch; null: when it was first noticed
   */
  constructor(problem: string, sinceMs: number | null) {
    super(problem);
    this.sinceMs = sinceMs;
  }
}

export interface CheckResult {
  readonly name: string;
  /** Null: it passed. */
  readonly problem: ReadinessProblem | null;
}

export interface ReadinessProblem {
  /** Continues a sentence that begins with the engine's name. */
  readonly text: string;
  /** Milliseconds since the epoch: when it began, or else when it was first noticed. */
  readonly sinceMs: number;
}

export interface ReadinessDeps {
  readonly checks: readonly ReadinessCheck[];
  /** Time that each check has; it is asked again the next time all the same. */
  readonly checkTimeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

export class Readiness {
  readonly #deps: ReadinessDeps;
  /** When each failing check was first seen to fail. */
  readonly #failingSince = new Map<string, number>();
  #underWay: Promise<readonly CheckResult[]> | null = null;

  constructor(deps: ReadinessDeps) {
    this.#deps = deps;
  }

  get checkNames(): readonly string[] {
    return this.#deps.checks.map(({ name }) => name);
  }

  /** Asks all engines at once, and once for all who ask meanwhile: probes are open. Never rejects. */
  check(): Promise<readonly CheckResult[]> {
    this.#underWay ??= Promise.all(this.#deps.checks.map((check) => this.#run(check))).finally(
      () => {
        this.#underWay = null;
      },
    );
    return this.#underWay;
  }

  async #run(check: ReadinessCheck): Promise<CheckResult> {
    const { checkTimeoutMs } = this.#deps;
    const outcome = await settleWithin(checkTimeoutMs, () => check.check());
    if (outcome.kind === 'done') {
      this.#passed(check.name);
      return { name: check.name, problem: null };
    }
    return { name: check.name, problem: this.#failed(check.name, outcome) };
  }

  #passed(name: string): void {
    if (this.#failingSince.delete(name)) this.#deps.logger.info({ check: name }, 'ready again');
  }

  /** Logged once, when it begins: probes come every few seconds. */
  #failed(name: string, outcome: Exclude<Settled<void>, { kind: 'done' }>): ReadinessProblem {
    const { clock, logger } = this.#deps;
    const noticedMs = this.#failingSince.get(name) ?? clock.now();
    const problem = toProblem(outcome, noticedMs, this.#deps.checkTimeoutMs);
    if (!this.#failingSince.has(name)) {
      this.#failingSince.set(name, noticedMs);
      const cause = outcome.kind === 'failed' ? { reason: reasonOf(outcome.error) } : {};
      logger.warn({ check: name, problem: problem.text, ...cause }, 'not ready');
    }
    return problem;
  }
}

function toProblem(
  outcome: Exclude<Settled<void>, { kind: 'done' }>,
  noticedMs: number,
  timeoutMs: number,
): ReadinessProblem {
  if (outcome.kind === 'late') {
    return { text: `no answer within ${timeoutMs} ms`, sinceMs: noticedMs };
  }
  const { error } = outcome;
  if (error instanceof NotReadyError) {
    return { text: error.message, sinceMs: error.sinceMs ?? noticedMs };
  }
  if (error instanceof LogBlockedError || error instanceof StoreEmptiedError) {
    return { text: error.message, sinceMs: noticedMs };
  }
  return { text: 'does not answer', sinceMs: noticedMs };
}
