/** A table of what lets people in, with what can be done about all of it; and what there is before it. */
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
import type { Column } from '../../ui/column.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import './access.css';

export interface AccessListProps<Row> {
  readonly label: string;
  /** From where the rows are. */
  readonly path: string;
  /** Undefined: not known yet. */
  readonly rows: readonly Row[] | undefined;
  readonly error: ApiError | null;
  readonly rowKey: (row: Row) => string;
  readonly columns: readonly Column<Row>[];
  /** In place of the table where there is no row. */
  readonly empty: ComponentChildren;
  readonly note: string;
  /** A button beside the note. */
  readonly action: ComponentChildren;
}

export function AccessList<Row>(props: AccessListProps<Row>) {
  const { label, path, rows, error, rowKey, columns, empty, note, action } = props;
  if (!rows) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh(path)} />
    ) : (
      <TableSkeleton />
    );
  }
  if (rows.length === 0) return <>{empty}</>;
  return (
    <>
      <div class="access-actions">
        <span>{note}</span>
        {action}
      </div>
      <DataTable label={label} rows={rows} rowKey={rowKey} columns={columns} />
    </>
  );
}
