/**
 * A counter by bot and outcome whose number of series is bounded. Off unless a limit is given: a fleet of
 * thousands of bots would make tens of thousands of series.
 */
import { Counter, type Registry } from 'prom-client';

export interface BotCounterOptions {
  readonly name: string;
  readonly help: string;
}

/** Stands for all bots over the limit. No `bot_id` has parentheses. */
export const OTHER_BOTS = '(other)';

/** The first bots counted have a label of their own until the process ends. */
export class BotLabels {
  readonly #limit: number;
  readonly #labelled = new Set<string>();
  readonly #overflow: Counter;

  /** @param limit - bots with a label of their own */
  constructor(registry: Registry, limit: number) {
    this.#limit = limit;
    this.#overflow = new Counter({
      name: 'hookpulse_metrics_overflow_total',
      help: 'Times that a bot over METRICS_BOT_LIMIT was counted under bot_id "(other)".',
      registers: [registry],
    });
  }

  of(botId: string): string {
    if (this.#labelled.has(botId)) return botId;
    if (this.#labelled.size < this.#limit) {
      this.#labelled.add(botId);
      return botId;
    }
    this.#overflow.inc();
    return OTHER_BOTS;
  }
}

export class BotCounter {
  readonly #counter: Counter<'bot_id' | 'outcome'>;
  /** Null: it is off. */
  readonly #labels: BotLabels | null;

  constructor(registry: Registry, labels: BotLabels | null, { name, help }: BotCounterOptions) {
    this.#labels = labels;
    const labelNames = ['bot_id', 'outcome'] as const;
    this.#counter = new Counter({ name, help, labelNames, registers: [registry] });
  }

  inc(botId: string, outcome: string): void {
    if (this.#labels) this.#counter.inc({ bot_id: this.#labels.of(botId), outcome });
  }
}
