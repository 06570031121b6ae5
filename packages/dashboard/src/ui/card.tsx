/** A framed part of a page, with its heading. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import './card.css';

export interface CardProps {
  readonly title: string;
  /** Beside the heading. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  /** The content reaches the frame: tables. */
  readonly isFlush?: boolean;
}

export function Card({ title, aside, children, isFlush = false }: CardProps) {
  const id = useId();
  return (
    <section class="card" aria-labelledby={id}>
      <header class="card-header">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      <div class={isFlush ? undefined : 'card-content'}>{children}</div>
    </section>
  );
}
