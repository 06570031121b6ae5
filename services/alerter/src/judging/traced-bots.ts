/** Of each bot the last traced event: what an alert goes on from. */
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { TRACEPARENT_HEADER } from '@hookpulse/service-kit/telemetry/tracer';

/** Bots that are remembered; of those traced longest ago nothing is known any more. */
const MAX_BOTS = 10_000;

export class TracedBots {
  readonly #traceparents = new Map<string, string>();

  read(messages: readonly LogMessage[]): void {
    for (const { key, headers } of messages) {
      const traceparent = headers[TRACEPARENT_HEADER];
      if (traceparent === undefined || key === null) continue;
      this.#traceparents.delete(key);
      this.#traceparents.set(key, traceparent);
      if (this.#traceparents.size <= MAX_BOTS) continue;
      const [oldest] = this.#traceparents.keys();
      if (oldest !== undefined) this.#traceparents.delete(oldest);
    }
  }

  get(botId: string): string | null {
    return this.#traceparents.get(botId) ?? null;
  }
}
