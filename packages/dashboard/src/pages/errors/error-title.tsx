/** A group of errors on one line: its type, and what its messages have in common. */
import type { ErrorGroup } from '@hookpulse/api/error-groups';
import './error-title.css';

export function ErrorTitle({
  group: { error_type, pattern },
}: {
  readonly group: Pick<ErrorGroup, 'error_type' | 'pattern'>;
}) {
  const name = error_type ?? (pattern === '' ? 'Error without a type' : '');
  return (
    <span class="error-title">
      {name !== '' && <strong>{name}</strong>} {pattern !== '' && <span>{pattern}</span>}
    </span>
  );
}
