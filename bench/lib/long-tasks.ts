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

/** Milliseconds of each task that took longer than 50 ms, since the page was loaded or asked before. */
async function longTasksOf(page: Page): Promise<number[]> {
  return page.evaluate<number[]>('window.longTasks.splice(0)');
}

/** Tasks over 50 ms by what was done on the page, milliseconds each. */
export class LongTasks {
  readonly #byStep = new Map<string, number[]>();

  /** Does it, and notes the tasks since the step before; a page that is left is forgotten. */
  async during(step: string, page: Page, work: () => Promise<unknown>): Promise<void> {
    await work();
    const tasks = this.#byStep.get(step) ?? [];
    this.#byStep.set(step, [...tasks, ...(await longTasksOf(page))]);
  }

  get count(): number {
    return [...this.#byStep.values()].flat().length;
  }

  /** By step; 0: no task took longer than 50 ms. */
  longest(): Record<string, number> {
    return Object.fromEntries(
      [...this.#byStep].map(([step, tasks]) => [step, Math.max(0, ...tasks)]),
    );
  }
}
