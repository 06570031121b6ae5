/**
 * Which rows of a long list are on screen. All rows are of one height, and the whole page scrolls, as
 * on any page.
 */
import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

export interface RowRange {
  /** From this one on, from 0. */
  readonly first: number;
  /** Before this one. */
  readonly end: number;
}

/** Rows above and below the screen, so that scrolling does not show white. */
const OVERSCAN = 12;
/** The range moves by so many rows, not with every pixel. */
const STEP = 6;

/** So many are all drawn: then printing and finding within the page work, and it costs nothing. */
const FEW = 60;
/** Some fifty pages; a browser lays out more for minutes. */
const MAX_PRINTED = 1_500;

/** @param container - holds all rows, as high as they are together */
export function useVisibleRows(
  container: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowRange {
  const [range, setRange] = useState<RowRange>({ first: 0, end: 40 });
  const isPrinted = usePrinting();

  useLayoutEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      const top = container.current?.getBoundingClientRect().top ?? 0;
      const first = Math.floor(-top / rowHeight / STEP) * STEP - OVERSCAN;
      const visible = Math.ceil(window.innerHeight / rowHeight / STEP) * STEP;
      const next = { first: Math.max(0, first), end: first + visible + STEP + 2 * OVERSCAN };
      setRange((now) => (now.first === next.first && now.end === next.end ? now : next));
    };
    const soon = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    window.addEventListener('scroll', soon, { passive: true });
    window.addEventListener('resize', soon, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', soon);
      window.removeEventListener('resize', soon);
    };
  }, [rowHeight, count]);

  if (count <= FEW || isPrinted) return { first: 0, end: Math.min(count, MAX_PRINTED) };
  return { first: Math.min(range.first, count), end: Math.min(Math.max(0, range.end), count) };
}

/** Paper has no screen that rows could be on. */
function usePrinting(): boolean {
  const [isPrinted, setIsPrinted] = useState(() => printing.matches);
  useLayoutEffect(() => {
    const update = () => setIsPrinted(printing.matches);
    const begin = () => setIsPrinted(true);
    printing.addEventListener('change', update);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', update);
    return () => {
      printing.removeEventListener('change', update);
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', update);
    };
  }, []);
  return isPrinted;
}

const printing = window.matchMedia('print');
