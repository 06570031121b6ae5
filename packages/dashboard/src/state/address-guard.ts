/**
 * Asks before an address is left at which something would be lost: by a link, by "back" or "forward".
 * Closing the tab and reloading are asked about by the browser: see `hold`.
 */
import { leaveScope, PAGE, unsavedIn } from './unsaved.ts';

/** What opens and closes parts of a page; all other parameters only change what lists show. */
const PLACE_PARAMETERS = ['tab', 'add', 'edit', 'section', 'alert'];
/** Only paths and queries are compared. */
const ORIGIN = 'http://origin';

/** What is shown, path and query; as "back" is told of, the address is another one already. */
let shown = '';

export function rememberShown(url: string): void {
  shown = url;
}

/** To be called before the router hears of anything: listeners of a window are called in their order. */
export function guardAddress(): void {
  window.addEventListener('click', onClick, { capture: true });
  window.addEventListener('popstate', onPopState, { capture: true });
}

function onClick(event: MouseEvent): void {
  const link = followedLink(event);
  if (!link || !isLosing(link.pathname + link.search)) return;
  event.preventDefault();
  event.stopPropagation();
  // Then nothing is held any more.
  leaveScope(PAGE, () => link.click());
}

function onPopState(event: PopStateEvent): void {
  const { pathname, search } = window.location;
  if (!isLosing(pathname + search)) return;
  event.stopImmediatePropagation();
  // Back to what is shown, on top of where one is to go.
  window.history.pushState(null, '', shown);
  leaveScope(PAGE, () => window.history.back());
}

function isLosing(to: string): boolean {
  return unsavedIn(PAGE) !== null && isOtherPlace(shown, to);
}

/** Null: it leads nowhere, the browser goes there itself, or who follows it knows what is lost. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  const { target, button, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (button !== 0 || ctrlKey || metaKey || altKey || shiftKey) return null;
  const link = target instanceof Element ? target.closest('a') : null;
  if (!link?.href || link.target !== '' || link.hasAttribute('download')) return null;
  return link.origin === window.location.origin && link.dataset.leaves === undefined ? link : null;
}

/**
 * Whether an address is another place: where something that is open now would not be shown.
 * @param from - path and query, as `to` is
 */
export function isOtherPlace(from: string, to: string): boolean {
  const [before, after] = [new URL(from, ORIGIN), new URL(to, ORIGIN)];
  return (
    before.pathname !== after.pathname ||
    PLACE_PARAMETERS.some((name) => before.searchParams.get(name) !== after.searchParams.get(name))
  );
}
