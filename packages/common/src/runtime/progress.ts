/** A progress bar for long work: on stderr and only in a terminal, so that pipes stay clean. */

export interface Progress {
  advance(by: number): void;
  finish(): void;
}

const BAR_WIDTH = 30;
const REDRAW_INTERVAL_MS = 100;

/**
 * @param options.rate - whether the pace is shown, for work that is thousands of things a second
 * @param options.live - other figures as they stand, asked for at every redrawing
 */
export function createProgress(
  what: string,
  total: number,
  options: { readonly rate: boolean; live?(): string } = { rate: true },
): Progress {
  const { stderr } = process;
  const startedMs = performance.now();
  let done = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;

  function draw(): void {
    const share = Math.min(1, done / Math.max(total, 1));
    const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
    const percent = `${(share * 100).toFixed(0)}%`;
    const pace = options.rate ? `, ${rateSince(startedMs)}/s` : '';
    const live = options.live?.() ?? '';
    // What a longer line before has left is erased.
    stderr.write(
      `\r${bar} ${percent} of ${total.toLocaleString('en')} ${what}${pace}${live} \x1b[K`,
    );
  }

  function rateSince(sinceMs: number): string {
    const seconds = (performance.now() - sinceMs) / 1_000;
    return Math.round(done / Math.max(seconds, 0.001)).toLocaleString('en');
  }

  return {
    advance(by) {
      done += by;
      if (!stderr.isTTY || performance.now() - drawnMs < REDRAW_INTERVAL_MS) return;
      drawnMs = performance.now();
      draw();
    },
    finish() {
      if (!stderr.isTTY) return;
      draw();
      stderr.write('\n');
    },
  };
}
