/** The tab of the browser: its title and its icon, with the number of firing alerts. */

const NAME = 'Hookpulse';
const MARK = "%3Ccircle cx='25' cy='7' r='7' fill='%23dc2626'/%3E%3C/svg%3E";
const END = '%3C/svg%3E';

let title = '';
let count: string | null = null;

/** @param text - what the page shows */
export function nameTab(text: string): void {
  title = text;
  show();
}

/** @param text - how many alerts fire; null: none */
export function countInTab(text: string | null): void {
  count = text;
  show();
}

function show(): void {
  const name = title === '' ? NAME : `${title} · ${NAME}`;
  document.title = count === null ? name : `(${count}) ${name}`;
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!icon) return;
  const plain = icon.href.replace(MARK, END);
  const wanted = count === null ? plain : `${plain.slice(0, -END.length)}${MARK}`;
  if (icon.href !== wanted) icon.href = wanted;
}
