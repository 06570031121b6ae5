/** Using a page without a pointer, and what a form says of its fields. */
import { until } from '@hookpulse/common/testing/until';
import type { Locator, Page } from 'playwright-core';

/** More than any page has to step over. */
const MAX_STEPS = 60;

/** Presses Tab until the focus is there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the focus does not get to ${target} by ${MAX_STEPS} times Tab`);
}

export async function waitForFocus(target: Locator): Promise<void> {
  await until(`the focus on ${target}`, () => hasFocus(target));
}

/** The hint or error that stands below a field, and is read aloud with it. */
export async function waitForNote(field: Locator, note: string | RegExp): Promise<void> {
  await until(`${note} at ${field}`, async () => {
    const id = await field.getAttribute('aria-describedby');
    const text = id && (await field.page().locator(`[id="${id}"]`).textContent());
    return text && (typeof note === 'string' ? text === note : note.test(text));
  });
}

async function hasFocus(target: Locator): Promise<boolean> {
  return (await target.and(target.page().locator(':focus')).count()) === 1;
}
