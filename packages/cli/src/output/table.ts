/** Columns of text, as wide as their widest cell. */
import { stripVTControlCharacters } from 'node:util';

export interface Column {
  readonly title: string;
  /** Numbers are at the right. */
  readonly align?: 'left' | 'right';
}

/**
 * Lines, titles first. Cells may be styled.
 * @param titles - a title alone is a column of text
 */
export function table(
  titles: readonly (Column | string)[],
  rows: readonly (readonly string[])[],
  indent = '',
): string[] {
  const columns = titles.map((one): Column => (typeof one === 'string' ? { title: one } : one));
  const lines = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at] ?? ''))));
  return lines.map((line) => {
    const cells = columns.map(({ align }, at) => {
      const cell = line[at] ?? '';
      const space = ' '.repeat((widths[at] ?? 0) - widthOf(cell));
      return align === 'right' ? `${space}${cell}` : `${cell}${space}`;
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** Names and values, one below the other. */
export function fields(rows: readonly (readonly [string, string])[], indent = '  '): string[] {
  return table(['', ''], rows, indent).slice(1);
}

function widthOf(cell: string): number {
  return [...stripVTControlCharacters(cell)].length;
}
