/** Replaces a generated part of a page. */

/**
 * @param name - the part is between `<!-- <name> -->` and `<!-- /<name> -->`, each on a line
 * @throws Error when the page does not have both, in this order
 */
export function replaceBetween(page: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
  const from = page.indexOf(start);
  const to = page.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`The page has no ${start.trim()} … ${end}`);
  return (
    page.slice(0, from + start.length) + lines.map((line) => `${line}\n`).join('') + page.slice(to)
  );
}
