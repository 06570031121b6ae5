/** Keeps the sidebar when a page breaks, says so, and lets one go on. */
import { Bug } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';

export function PageGuard({ children }: { readonly children: ComponentChildren }) {
  const { path } = useLocation();
  const [error, reset] = useErrorBoundary((thrown: unknown) => reportError(thrown));
  // Another page may well work.
  useEffect(reset, [path]);
  if (error === undefined) return <>{children}</>;
  return (
    <EmptyState
      title="This page has crashed"
      icon={Bug}
      actions={<Button onClick={() => window.location.reload()}>Reload</Button>}
    >
      No stored data is affected. The console of the browser shows the error; please report it.
    </EmptyState>
  );
}
