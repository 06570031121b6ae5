/** The stretches in which ingest listened, from what it said of them and when the log took it. */
import type { Span } from '@hookpulse/common/alerts/rules/listening';
import type { Presence } from './presence-message.ts';

/** What was said of a stretch, as far as there is no hole in it. */
interface Stretch extends Span {
  /** `listened_ms` of the message read last. */
  readonly listenedMs: number;
  /** The same when this part of the stretch began. */
  readonly listenedBeforeMs: number;
}

export class ListenedStretches {
  readonly #toleranceMs: number;
  readonly #current = new Map<string, Stretch>();
  /** Parts of stretches before a hole. */
  #ended: Span[] = [];

  /** @param toleranceMs - by so much messages may differ in how long the log takes for them */
  constructor(toleranceMs: number) {
    this.#toleranceMs = toleranceMs;
  }

  /** @param toMs - log time of the message */
  said({ stretch_id: id, listened_ms: listenedMs }: Presence, toMs: number): void {
    const known = this.#current.get(id);
    const holeMs = known ? toMs - known.toMs - (listenedMs - known.listenedMs) : 0;
    // The machine slept: its steady clock stood still, and the stretch goes on behind the hole.
    const isBroken = known !== undefined && holeMs > this.#toleranceMs;
    if (isBroken) this.#ended.push(known);
    const listenedBeforeMs = (isBroken ? known.listenedMs : known?.listenedBeforeMs) ?? 0;
    const fromMs = toMs - (listenedMs - listenedBeforeMs);
    this.#current.set(id, {
      fromMs: known && !isBroken ? Math.min(known.fromMs, fromMs) : fromMs,
      toMs,
      listenedMs,
      listenedBeforeMs,
    });
  }

  /** Forgets what ended before that moment. */
  forgetBefore(ms: number): void {
    this.#ended = this.#ended.filter(({ toMs }) => toMs >= ms);
    for (const [id, { toMs }] of this.#current) if (toMs < ms) this.#current.delete(id);
  }

  /** In no order. */
  list(): readonly Span[] {
    return [...this.#ended, ...this.#current.values()];
  }
}
