/** Names and values in two columns, on phones in one. */
import type { ComponentChildren } from 'preact';
import './fact-list.css';

export function FactList({ children }: { readonly children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export interface FactProps {
  readonly term: string;
  readonly children: ComponentChildren;
}

export function Fact({ term, children }: FactProps) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
