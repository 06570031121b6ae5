/** The order of a table, kept in the address as `sort=name` or `sort=-name`. */
import { useMemo } from 'preact/hooks';
import type { Sort } from '../ui/column.ts';
import { useUrlState } from './url-state.ts';

/** @param standard - meant when the address says nothing */
export function useUrlSort(standard: Sort): readonly [Sort, (sort: Sort) => void] {
  const url = useUrlState();
  const text = url.get('sort');
  const sort = useMemo(() => (text === '' ? standard : parseSort(text)), [text]);
  return [
    sort,
    (wanted) => url.set({ sort: textOf(wanted) === textOf(standard) ? null : textOf(wanted) }),
  ];
}

function parseSort(text: string): Sort {
  return text.startsWith('-')
    ? { column: text.slice(1), direction: 'desc' }
    : { column: text, direction: 'asc' };
}

function textOf({ column, direction }: Sort): string {
  return direction === 'desc' ? `-${column}` : column;
}
