/** The sliding windows of all bots of one partition of the log: a fold over its events. */
import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { RecentEvents } from '@hookpulse/common/events/recent-events';
import { type CountingTerms, JudgedWindow } from './judged-window.ts';
import type { BotWindow } from './sliding-window.ts';
import type { WindowShape } from './window-shape.ts';

/**
 * What became of an event: `late` ones are older than the window, or than the enabling of their bot,
 * and count in no alert.
 */
export type FoldedAs = 'counted' | 'duplicate' | 'late';

const NO_FACTS: WindowFacts = {
  events: 0,
  errors: 0,
  signatureFailures: 0,
  measured: 0,
  slow: 0,
  lastEventMs: null,
};

/** Of a bot of which nothing was read. */
const EMPTY: BotWindow = {
  facts: () => NO_FACTS,
  mark: (nowMs) => ({ window: EMPTY, before: new Float64Array(), fromMs: nowMs }),
  factsSince: () => null,
};

export class PartitionWindows {
  readonly #shape: WindowShape;
  readonly #recent = new RecentEvents();
  readonly #readFromMs: number;
  readonly #windows = new Map<string, JudgedWindow>();

  /** @param readFromMs - log time that the partition is read from, milliseconds since the epoch */
  constructor(shape: WindowShape, readFromMs: number) {
    this.#shape = shape;
    this.#readFromMs = readFromMs;
  }

  /**
   * Folds an event, in the order of the log.
   * @param terms - of its bot
   */
  fold(logged: LoggedEvent, terms: CountingTerms): FoldedAs {
    const { event, eventTimeMs, logTimeMs } = logged;
    if (!this.#recent.addIfNew(event, logTimeMs)) return 'duplicate';
    let window = this.#windows.get(event.bot_id);
    if (!window) {
      window = new JudgedWindow(this.#shape, this.#readFromMs);
      this.#windows.set(event.bot_id, window);
    }
    return window.add(event, eventTimeMs, logTimeMs, terms) ? 'counted' : 'late';
  }

  window(botId: string): BotWindow {
    return this.#windows.get(botId) ?? EMPTY;
  }

  /** Earliest time of an event of the bot that was ever counted; infinity: none was. */
  oldestMs(botId: string): number {
    return this.#windows.get(botId)?.oldestMs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Lets go of the windows of bots that are not watched any more.
   * @param silentSinceMs - those with later events are kept: of a bot that was just made, events may
   *   come before it is heard of
   */
  forgetUnless(isKept: (botId: string) => boolean, silentSinceMs: number): void {
    for (const [botId, { lastEventMs }] of this.#windows) {
      if (!isKept(botId) && (lastEventMs ?? 0) < silentSinceMs) this.#windows.delete(botId);
    }
  }
}
