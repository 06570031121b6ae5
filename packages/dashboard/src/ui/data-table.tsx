// biome-ignore-all lint/a11y/useSemanticElements: rows that are drawn only when seen are laid out by a grid.
// biome-ignore-all lint/a11y/useFocusableInteractive: as in any table, what is in the cells takes the focus.
/**
 * A table with sorting that draws only the rows on screen. While the pointer is over it or the focus
 * in it, new answers change what rows say and not where they stand.
 */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import './data-table.css';
import { type Column, cellClass, type Sort } from './column.ts';
import { ColumnHead } from './column-head.tsx';
import { focusHeading, hasFocus } from './return-focus.ts';
import { steadyOrder } from './steady-order.ts';
import { useVisibleRows } from './use-visible-rows.ts';

export interface DataTableProps<Row> {
  /** What it lists, for who cannot see it. */
  readonly label: string;
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** Null: as the rows come. */
  readonly sort?: Sort | null;
  readonly onSort?: (sort: Sort) => void;
  /** Marks a row, such as the one that is open. */
  readonly isSelected?: (row: Row) => boolean;
  /** Whether rows keep their place under the pointer; default true. */
  readonly isSteady?: boolean;
}

/** As in data-table.css. */
const ROW_HEIGHT = 44;
/** The head is row 1. */
const FIRST_ROW_INDEX = 2;

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, columns, sort = null, onSort, isSelected } = props;
  const body = useRef<HTMLDivElement>(null);
  const hold = useHold();
  const byKey = useMemo(() => new Map(rows.map((row) => [rowKey(row), row])), [rows]);
  const keys = useOrder(props, hold.isHeld);
  const { first, end } = useVisibleRows(body, keys.length, ROW_HEIGHT);
  const focusHandlers = useFocusOfGoneRow(body, keys);

  return (
    <div
      class="table"
      role="table"
      aria-label={label}
      aria-rowcount={keys.length + 1}
      style={columnWidths(columns)}
      {...hold.handlers}
    >
      <div class="table-head" role="rowgroup">
        <div class="table-row" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <ColumnHead key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div
        ref={body}
        class="table-body"
        role="rowgroup"
        style={{ height: `${keys.length * ROW_HEIGHT}px` }}
        {...focusHandlers}
      >
        {keys.slice(first, end).map((key, index) => {
          const row = byKey.get(key);
          if (row === undefined) return null;
          return (
            <div
              key={key}
              class={isSelected?.(row) ? 'table-row is-selected' : 'table-row'}
              role="row"
              aria-rowindex={first + index + FIRST_ROW_INDEX}
              style={{ top: `${(first + index) * ROW_HEIGHT}px` }}
            >
              {columns.map((column) => (
                <div key={column.id} class={cellClass(column)} role="cell">
                  {column.render(row)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Keys in the order in which they are shown. */
function useOrder<Row>(props: DataTableProps<Row>, isHeld: () => boolean): readonly string[] {
  const { rows, rowKey, columns, sort = null, isSteady = true } = props;
  const shown = useRef<{ keys: readonly string[]; sort: Sort | null }>({ keys: [], sort: null });
  return useMemo(() => {
    const compare = columns.find(({ id }) => id === sort?.column)?.compare;
    const sign = sort?.direction === 'desc' ? -1 : 1;
    const sorted = compare ? rows.toSorted((a, b) => sign * compare(a, b)) : rows;
    const wanted = sorted.map(rowKey);
    const isSameSort =
      shown.current.sort?.column === sort?.column &&
      shown.current.sort?.direction === sort?.direction;
    const keys =
      isSteady && isSameSort && isHeld() ? steadyOrder(wanted, shown.current.keys) : wanted;
    shown.current = { keys, sort };
    return keys;
  }, [rows, sort?.column, sort?.direction]);
}

/** When the row that has the focus goes, the one in its place has it; without any, the page's heading. */
function useFocusOfGoneRow(
  body: { readonly current: HTMLElement | null },
  keys: readonly string[],
) {
  const focused = useRef<{ readonly key: string; readonly index: number } | null>(null);
  useLayoutEffect(() => {
    const before = focused.current;
    if (before === null || hasFocus() || keys.includes(before.key)) return;
    focused.current = null;
    const index = Math.min(before.index, keys.length - 1) + FIRST_ROW_INDEX;
    const place = body.current?.querySelector<HTMLElement>(`[aria-rowindex="${index}"] a`);
    if (place) place.focus({ preventScroll: true });
    else focusHeading();
  }, [keys]);
  return {
    onFocusIn: ({ target }: FocusEvent) => {
      const row = target instanceof Element ? target.closest('.table-row') : null;
      const index = Number(row?.getAttribute('aria-rowindex')) - FIRST_ROW_INDEX;
      const key = keys[index];
      focused.current = key === undefined ? null : { key, index };
    },
    onFocusOut: ({ target }: FocusEvent) => {
      // A row that goes is told of as well; it is gone a moment later.
      queueMicrotask(() => {
        if (target instanceof Element && target.isConnected) focused.current = null;
      });
    },
  };
}

/** Whether the pointer is over the table or the focus within. */
function useHold() {
  const [hold] = useState(() => {
    let isOver = false;
    let isFocused = false;
    return {
      isHeld: () => isOver || isFocused,
      handlers: {
        onPointerEnter: () => {
          isOver = true;
        },
        onPointerLeave: () => {
          isOver = false;
        },
        onFocusIn: (event: FocusEvent) => {
          // A heading that was clicked keeps the focus; it says nothing about rows.
          isFocused =
            event.target instanceof Element && event.target.closest('.table-body') !== null;
        },
        onFocusOut: () => {
          isFocused = false;
        },
      },
    };
  });
  return hold;
}

/** Of all columns, and of those on desktops, on tablets and on phones. */
function columnWidths<Row>(columns: readonly Column<Row>[]): Record<string, string> {
  const widths = (hidden: readonly (string | undefined)[]) =>
    columns
      .filter(({ hideBelow }) => hideBelow === undefined || !hidden.includes(hideBelow))
      .map(({ width }) => width)
      .join(' ');
  return {
    '--columns': widths([]),
    '--columns-desktop': widths(['wide']),
    '--columns-tablet': widths(['wide', 'desktop']),
    '--columns-phone': widths(['wide', 'desktop', 'tablet']),
  };
}
