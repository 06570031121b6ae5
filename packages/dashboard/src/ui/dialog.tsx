/**
 * A dialog over the page: the browser keeps the focus in it, and gives it back afterwards. Escape, a
 * click beside it and its button close it, and ask first where something would be lost.
 */
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { leaveScope, unsavedIn } from '../state/unsaved.ts';
import { ScopeContext, useScope, useUnsaved } from '../state/use-unsaved.ts';
import { Button } from './button.tsx';
import './dialog.css';
import { focusedNow, returnFocus } from './return-focus.ts';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** It shows secrets that are lost when it closes: only its own buttons close it. */
  readonly isSticky?: boolean;
}

/** Open as long as it is rendered. */
export function Dialog({ title, onClose, children, isSticky = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const scope = useScope();
  const close = () => !isSticky && leaveScope(scope, onClose);
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = focusedNow();
    dialog?.showModal();
    // What is to be filled in, and not the button that closes.
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea)')?.focus();
    return () => {
      // While it is still there: one that merely vanishes takes the focus with it.
      dialog?.close();
      returnFocus(before);
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={titleId}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        // By the key: a browser lets a page refuse the closing itself once, and not again.
        event.preventDefault();
        close();
      }}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      // The browser has closed it against that, or by a gesture.
      onClose={() => {
        if (!ref.current) return;
        if (!isSticky && unsavedIn(scope) === null) {
          onClose();
          return;
        }
        ref.current.showModal();
        close();
      }}
      onClick={(event) => event.target === ref.current && close()}
    >
      <ScopeContext.Provider value={scope}>
        {isSticky && <ShownOnce />}
        <div class="dialog-body">
          <header class="dialog-header">
            <h2 id={titleId}>{title}</h2>
            {!isSticky && <Button kind="quiet" icon={X} label="Close" onClick={close} />}
          </header>
          {children}
        </div>
      </ScopeContext.Provider>
    </dialog>
  );
}

/** Holds the secrets that the dialog shows. */
function ShownOnce() {
  useUnsaved('secrets');
  return null;
}
