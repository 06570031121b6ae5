/**
 * One thing in full, at the right of the page; on phones over all of it. The page beside it can be
 * used: another row can be opened, a message's button pressed. Escape closes it, and asks first where
 * something would be lost.
 */
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { leaveScope } from '../state/unsaved.ts';
import { ScopeContext, useScope } from '../state/use-unsaved.ts';
import { Button } from './button.tsx';
import './drawer.css';
import { focusedNow, returnFocus } from './return-focus.ts';

export interface DrawerProps {
  readonly title: string;
  /** Beside the title, such as a status. */
  readonly beside?: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Open as long as it is rendered. */
export function Drawer({ title, beside, onClose, children }: DrawerProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  const scope = useScope();
  const close = () => leaveScope(scope, onClose);
  useFocusWithin(heading);
  useCloseOnEscape(close);
  return (
    <dialog open class="drawer" aria-labelledby={titleId}>
      <header class="drawer-header">
        <h2 ref={heading} id={titleId} tabIndex={-1}>
          {title}
        </h2>
        {beside}
        <Button kind="quiet" icon={X} label="Close" onClick={close} />
      </header>
      <ScopeContext.Provider value={scope}>
        <div class="drawer-body">{children}</div>
      </ScopeContext.Provider>
    </dialog>
  );
}

/** Takes the focus, and gives it back to where it was. */
function useFocusWithin(heading: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const before = focusedNow();
    heading.current?.focus();
    return () => returnFocus(before);
  }, []);
}

function useCloseOnEscape(onClose: () => void): void {
  const close = useRef(onClose);
  close.current = onClose;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      // A dialog over it is closed first.
      if (document.querySelector('dialog:modal')) return;
      // Else the browser closes by the same key what asks whether to close.
      event.preventDefault();
      close.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
