// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field, as ARIA has it.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are the field's.
/** A choice in the list below a field that is typed into (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). */
import { Check } from 'lucide';
import { useEffect, useRef } from 'preact/hooks';
import type { Choice } from './choice-matches.ts';
import { Icon } from './icon.tsx';
import './offer.css';

export interface OfferProps {
  readonly id: string;
  readonly choice: Choice;
  /** The one that Enter takes. */
  readonly isActive: boolean;
  /** Default: nothing is chosen before. */
  readonly isChosen?: boolean;
  readonly onChoose: () => void;
}

export function Offer({ id, choice, isActive, isChosen, onChoose }: OfferProps) {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    <div
      ref={ref}
      id={id}
      role="option"
      class={isActive ? 'offer is-active' : 'offer'}
      aria-selected={isChosen ?? isActive}
      onClick={onChoose}
    >
      <span class="offer-title">{choice.title}</span>
      {choice.note && <span class="offer-note">{choice.note}</span>}
      {isChosen === true && <Icon icon={Check} size={14} />}
    </div>
  );
}
