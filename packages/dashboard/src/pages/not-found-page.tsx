/** An address that leads nowhere. */
import { SearchX } from 'lucide';
import { LinkButton } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

export function NotFoundPage() {
  return (
    <EmptyState
      title="There is no such page"
      icon={SearchX}
      actions={<LinkButton href="/">Go to the fleet</LinkButton>}
    >
      The link may be old, or cut off.
    </EmptyState>
  );
}
