// biome-ignore-all lint/a11y/useSemanticElements: rows that are drawn only when seen are laid out by a grid.
// biome-ignore-all lint/a11y/useFocusableInteractive: as in any table, what is in the cells takes the focus.
/** The heading of a column; a button where one can sort by it. */
import { ArrowDown, ArrowUp } from 'lucide';
import { type Column, cellClass, type Sort } from './column.ts';
import { Icon } from './icon.tsx';

export interface ColumnHeadProps<Row> {
  readonly column: Column<Row>;
  readonly sort: Sort | null;
  readonly onSort: ((sort: Sort) => void) | undefined;
}

export function ColumnHead<Row>({ column, sort, onSort }: ColumnHeadProps<Row>) {
  const { id, title, hint, compare, align } = column;
  const direction = sort?.column === id ? sort.direction : null;
  const first = column.firstDirection ?? (align === 'end' ? 'desc' : 'asc');
  const next = direction === null ? first : direction === 'asc' ? 'desc' : 'asc';
  return (
    <div
      class={cellClass(column)}
      role="columnheader"
      aria-sort={direction === null ? undefined : direction === 'asc' ? 'ascending' : 'descending'}
      title={hint}
    >
      {compare && onSort ? (
        <button type="button" onClick={() => onSort({ column: id, direction: next })}>
          {title}
          {direction && <Icon icon={direction === 'asc' ? ArrowUp : ArrowDown} size={12} />}
        </button>
      ) : (
        title
      )}
    </div>
  );
}
