/** A phone's width, and whatever does not fit into it. */
import type { Page } from 'playwright-core';

export const PHONE = { viewport: { width: 390, height: 844 } } as const;

/**
 * What is wider than the page, and what of a table's row reaches over its edge: that is cut off
 * there, and makes the page no wider.
 */
const FIND_CUT_OFF = `(() => {
  const rightOf = (element) => element.getBoundingClientRect().right;
  const rows = [...document.querySelectorAll('[role=row]')];
  const cutOff = rows.flatMap((row) => [...row.children].filter((cell) => {
    const edge = rightOf(row) - parseFloat(getComputedStyle(row).paddingRight);
    return rightOf(cell) > edge + 1;
  }));
  const width = document.documentElement.scrollWidth;
  const tooWide = width > innerWidth ? ['the page is ' + width + ' px wide'] : [];
  return [...tooWide, ...cutOff.map((cell) => cell.textContent)];
})()`;

/** Should be nothing. */
export async function cutOffAt(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(FIND_CUT_OFF);
}
