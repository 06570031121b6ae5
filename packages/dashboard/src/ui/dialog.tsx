/** A dialog over the page: the browser keeps the focus in it, and Escape closes it. */
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
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
  useEffect(() => {
    ref.current?.showModal();
  }, []);
  useEffect(() => (isSticky ? keepOpenOnEscape() : undefined), [isSticky]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what a click beside it does.
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={titleId}
      onClose={onClose}
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
