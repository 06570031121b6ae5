/** Copies a text, also where a page may not: browsers give the clipboard to https and to their own machine only. */

/**
 * @param place - within the dialog that is open: what lies outside of it cannot be selected
 * @returns whether it is copied
 */
export async function copyText(text: string, place: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, place ?? document.body);
  }
}

/** The old way, by what is selected; it works in a click only. */
function copySelected(text: string, place: HTMLElement): boolean {
  const before = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.setAttribute('aria-hidden', 'true');
  place.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus();
  }
}
