/** Registers unsaved input of a component with the dialog or page that contains it. */
import { createContext } from 'preact';
import { useContext, useLayoutEffect, useMemo } from 'preact/hooks';
import { hold, leaveScope, PAGE, type Scope, type Unsaved } from './unsaved.ts';

export const ScopeContext = createContext<Scope>(PAGE);

/** @param what - null: nothing would be lost */
export function useUnsaved(what: Unsaved | null): void {
  const scope = useContext(ScopeContext);
  // Before the browser can do anything else: between a change and its secrets nothing is let go.
  useLayoutEffect(() => (what === null ? undefined : hold(what, scope)), [what, scope]);
}

/** A scope of its own, such as a dialog's, to be given to what is in it. */
export function useScope(): Scope {
  const parent = useContext(ScopeContext);
  return useMemo(() => ({ parent }), [parent]);
}

/**
 * Leaves the dialog or page that contains the component, and asks first if something would be lost.
 */
export function useLeave(): (go: () => void) => void {
  const scope = useContext(ScopeContext);
  return (go) => leaveScope(scope, go);
}
