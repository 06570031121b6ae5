/**
 * Makes a click anywhere in a row follow the row's link, while its text can be selected like any other:
 * a click that ends a selection goes nowhere.
 */
import { useEffect } from 'preact/hooks';

const ROWS = '.table-row, .alerts-item';
const LINK = 'a.row-link';
/** What does something else when it is clicked. */
const CONTROLS = 'a, button, input, select, textarea, label, summary';
const MIDDLE_BUTTON = 1;

/** To be used once, around all rows. */
export function useRowClicks(): void {
  useEffect(() => {
    // Before links and the router hear of it.
    window.addEventListener('click', onClick, { capture: true });
    window.addEventListener('auxclick', onAuxClick);
    return () => {
      window.removeEventListener('click', onClick, { capture: true });
      window.removeEventListener('auxclick', onAuxClick);
    };
  }, []);
}

function onClick(event: MouseEvent): void {
  const clicked = clickedRow(event);
  if (!clicked) return;
  const { row, link, control } = clicked;
  if (control !== null && control !== link) return;
  // By the keyboard nothing is selected: that has no count.
  if (event.detail > 0 && selectsWithin(row)) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  // With the keys that were held: they open it elsewhere.
  if (control === null) link.dispatchEvent(new MouseEvent('click', event));
}

function onAuxClick(event: MouseEvent): void {
  const clicked = clickedRow(event);
  if (event.button !== MIDDLE_BUTTON || !clicked || clicked.control !== null) return;
  window.open(clicked.link.href, '_blank', 'noopener');
}

function clickedRow({ target }: MouseEvent) {
  if (!(target instanceof Element)) return null;
  const row = target.closest(ROWS);
  const link = row?.querySelector<HTMLAnchorElement>(LINK);
  return row && link ? { row, link, control: target.closest(CONTROLS) } : null;
}

function selectsWithin(row: Element): boolean {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed) return false;
  return [selection.anchorNode, selection.focusNode].some((node) => row.contains(node));
}
