/** A progress bar for long work: on stderr and only in a terminal, so that pipes stay clean. */

export interface Progress {
  advance(by: number): void;
  finish(): void;
}

const BAR_WIDTH = 30;
const REDRAW_INTERVAL_MS = 100;

export function createProgress(what: string, total: number): Progress {
  const { stderr } = process;
  const startedMs = performance.now();
  let done = 0;
  let drawnMs = Number.NEGATIVE_INFINITY;

  function draw(): void {
    const share = Math.min(1, done / total);
    const bar = '█'.repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, '░');
    const seconds = (performance.now() - startedMs) / 1_000;
    const rate = Math.round(done / Math.max(seconds, 0.001)).toLocaleString('en');
    stderr.write(
      `\r${bar} ${(share * 100).toFixed(0)}% of ${total.toLocaleString('en')} ${what}, ${rate}/s `,
    );
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
