/** Gives the focus back to where it was, also where that is gone by now. */

export interface FocusedBefore {
  readonly element: HTMLElement | null;
  /** Of a link: a list that was drawn anew has another one of the same address. */
  readonly href: string | null;
}

export function focusedNow(): FocusedBefore {
  const { activeElement } = document;
  const element = activeElement instanceof HTMLElement && hasFocus() ? activeElement : null;
  return { element, href: element?.getAttribute('href') ?? null };
}

/**
 * To be called as what had the focus goes: once it has gone, and took the focus with it, the focus is
 * where it was before, at the same link in a list that has changed, or at the heading of the page.
 */
export function returnFocus({ element, href }: FocusedBefore): void {
  queueMicrotask(() => {
    if (hasFocus()) return;
    const link =
      href === null ? null : document.querySelector<HTMLElement>(`a[href="${CSS.escape(href)}"]`);
    for (const place of [element, link]) {
      place?.focus();
      if (hasFocus()) return;
    }
    focusHeading();
  });
}

/** The start of a page, where the focus goes when its place is gone. */
export function focusHeading(): void {
  const heading = document.querySelector<HTMLElement>('h1[tabindex]');
  (heading ?? document.getElementById('main'))?.focus({ preventScroll: true });
}

export function hasFocus(): boolean {
  return document.activeElement !== null && document.activeElement !== document.body;
}
