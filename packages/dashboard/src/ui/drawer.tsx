/** One thing in full, at the right of the page; on phones over all of it. Escape closes it. */
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import './drawer.css';

export interface DrawerProps {
  readonly title: string;
  /** Beside the title, such as a status. */
  readonly beside?: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Open as long as it is rendered. */
export function Drawer({ title, beside, onClose, children }: DrawerProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does what a click beside it does.
    <dialog
      ref={ref}
      class="drawer"
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <header class="drawer-header">
        <h2 id={titleId}>{title}</h2>
        {beside}
        <Button kind="quiet" icon={X} label="Close" onClick={onClose} />
      </header>
      <div class="drawer-body">{children}</div>
    </dialog>
  );
}
