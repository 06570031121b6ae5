/** Icons of Lucide (https://lucide.dev), drawn in the colour of the text around them. */
import type { IconNode } from 'lucide';
import { h } from 'preact';

export interface IconProps {
  readonly icon: IconNode;
  /** Pixels; default 16. */
  readonly size?: number;
  /** What it says to who cannot see it; default: nothing, as text beside it says it. */
  readonly label?: string;
}

export function Icon({ icon, size = 16, label }: IconProps) {
  const meaning = label ? { role: 'img' as const, 'aria-label': label } : { 'aria-hidden': true };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: what it means is said by the label, or it is hidden.
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width={1.9}
      stroke-linecap="round"
      stroke-linejoin="round"
      {...meaning}
    >
      {icon.map(([tag, attributes], index) => h(tag, { key: index, ...attributes }))}
    </svg>
  );
}
