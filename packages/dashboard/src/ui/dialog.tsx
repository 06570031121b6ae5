/**
 * A dialog over the page: the browser keeps the focus in it, gives it back afterwards, and closes it by
 * Escape.
 */
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import './dialog.css';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** It shows what is lost when it closes: only a button closes it. */
  readonly isSticky?: boolean;
}

/** Open as long as it is rendered. */
export function Dialog({ title, onClose, children, isSticky = false }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // What is to be filled in, and not the button that closes.
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea)')?.focus();
    // While it is still there: one that merely vanishes takes the focus with it.
    return () => dialog?.close();
  }, []);
  useEffect(() => (isSticky ? keepOpenOnEscape() : undefined), [isSticky]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what a click beside it does.
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={titleId}
      // Told a moment later, when who has it removed does not wait for it any more.
      onClose={() => ref.current && onClose()}
      onClick={(event) => event.target === ref.current && !isSticky && onClose()}
    >
      <div class="dialog-body">
        <header class="dialog-header">
          <h2 id={titleId}>{title}</h2>
          {!isSticky && <Button kind="quiet" icon={X} label="Close" onClick={onClose} />}
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** By the key: a browser lets a page refuse the closing itself once, and not again. */
function keepOpenOnEscape(): () => void {
  const refuse = (event: KeyboardEvent) => {
    if (event.key === 'Escape') event.preventDefault();
  };
  document.addEventListener('keydown', refuse);
  return () => document.removeEventListener('keydown', refuse);
}
