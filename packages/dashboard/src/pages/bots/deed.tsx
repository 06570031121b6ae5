/** Something that can be done to a bot: what it is, what it means, and its button. */
import type { ComponentChildren } from 'preact';

export interface DeedProps {
  readonly title: string;
  readonly meaning: string;
  /** The button. */
  readonly children: ComponentChildren;
}

export function Deed({ title, meaning, children }: DeedProps) {
  return (
    <div class="deed">
      <div>
        <h3>{title}</h3>
        <p>{meaning}</p>
      </div>
      {children}
    </div>
  );
}
