/** An address that leads nowhere. */
import { SearchX } from 'lucide';
import { LinkButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

export function NotFoundPage() {
  return (
    <EmptyState
      title="Page not found"
      icon={SearchX}
      actions={<LinkButton href="/">Go to the fleet</LinkButton>}
    >
      The link may be old or incomplete.
    </EmptyState>
  );
}
