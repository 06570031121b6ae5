/** For how long a page has kept the browser from answering its user (https://w3c.github.io/longtasks/). */
import type { Page } from 'playwright-core';

const OBSERVE = `
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
`;

/** To be called before the page is opened: it counts from its first script on. */
export async function observeLongTasks(page: Page): Promise<void> {
  await page.addInitScript(OBSERVE);
}

/** Milliseconds of each task that took longer than 50 ms, up to now. */
export async function longTasksOf(page: Page): Promise<number[]> {
  return page.evaluate<number[]>('window.longTasks');
}
