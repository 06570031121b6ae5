/** Which addresses are another place: where something that is open now would not be shown. */

/** What opens and closes parts of a page; all other parameters only change what lists show. */
const PLACE_PARAMETERS = ['tab', 'add', 'edit', 'section'];

/** @param from - path and query, as `to` is */
export function isOtherPlace(from: string, to: string): boolean {
  const [before, after] = [new URL(from, ORIGIN), new URL(to, ORIGIN)];
  return (
    before.pathname !== after.pathname ||
    PLACE_PARAMETERS.some((name) => before.searchParams.get(name) !== after.searchParams.get(name))
  );
}

/** Only paths and queries are compared. */
const ORIGIN = 'http://origin';
