/** The tab of the browser: its title and its icon, with the number of firing alerts. */

const NAME = 'Hookpulse';
const END = '%3C/svg%3E';
/** Three characters have to be narrower. */
const [FONT_SIZE, SMALL_FONT_SIZE] = [18, 14] as const;

let title = '';
let count: string | null = null;
/** The icon without a number, as the document has it; null: not looked at yet. */
let plainIcon: string | null = null;

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
  plainIcon ??= icon.href;
  const wanted = count === null ? plainIcon : withNumber(plainIcon, count);
  if (icon.getAttribute('href') !== wanted) icon.href = wanted;
}

/** @param icon - an SVG as a data URL */
function withNumber(icon: string, text: string): string {
  const size = text.length > 2 ? SMALL_FONT_SIZE : FONT_SIZE;
  const mark = [
    "<rect x='4' y='12' width='28' height='20' rx='6' fill='#b91c1c'/>",
    `<text x='18' y='28' font-size='${size}' font-family='sans-serif' font-weight='700'`,
    ` text-anchor='middle' fill='white'>${text}</text>`,
  ];
  return icon.slice(0, -END.length) + encodeURIComponent(mark.join('')) + END;
}
