/** A column of a table. */
import type { ComponentChildren } from 'preact';

export type SortDirection = 'asc' | 'desc';

export interface Sort {
  readonly column: string;
  readonly direction: SortDirection;
}

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Of the grid, such as `minmax(160px, 2fr)` or `110px`. */
  readonly width: string;
  readonly render: (row: Row) => ComponentChildren;
  readonly align?: 'start' | 'end';
  /** Makes it sortable; ascending. */
  readonly compare?: (a: Row, b: Row) => number;
  /** Which way a first click sorts; default: descending for what is aligned at the end. */
  readonly firstDirection?: SortDirection;
  /** Left out on narrower screens. */
  readonly hideBelow?: 'tablet' | 'desktop' | 'wide';
  /** Explains the heading, on hover. */
  readonly hint?: string;
}

export function cellClass({ align = 'start', hideBelow }: Column<never>): string {
  return `cell cell-${align}${hideBelow ? ` hide-below-${hideBelow}` : ''}`;
}
