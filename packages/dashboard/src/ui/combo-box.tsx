// biome-ignore-all lint/a11y/useSemanticElements: a select cannot be typed into, nor hold thousands.
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field, as ARIA has it.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are the field's.
/**
 * One of many choices, found by typing (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). What is
 * typed and not chosen is forgotten.
 */
import { ChevronsUpDown } from 'lucide';
import { useId, useMemo, useState } from 'preact/hooks';
import { formatCount } from '../format/numbers.ts';
import { type Choice, choiceMatches } from './choice-matches.ts';
import './combo-box.css';
import { Icon } from './icon.tsx';
import { Offer } from './offer.tsx';

export interface ComboBoxProps {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: Choice;
  readonly onChoose: (choice: Choice) => void;
  /** What else a text may mean that no choice has; null: nothing. */
  readonly choiceOfText?: (text: string) => Choice | null;
  /** Why there may be others; null: there are none. */
  readonly problem?: string | null;
}

export function ComboBox(props: ComboBoxProps) {
  const { label, chosen, onChoose, problem = null } = props;
  const id = useId();
  /** Null: it is closed. */
  const [text, setText] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const offers = useOffers(props, text ?? '');
  const { shown, leftOut } = offers;
  const isOpen = text !== null;

  const open = () => {
    setText('');
    setActive(
      Math.max(
        0,
        offers.shown.findIndex(({ value }) => value === chosen.value),
      ),
    );
  };
  const choose = (choice: Choice | undefined) => {
    setText(null);
    if (choice && choice.value !== chosen.value) onChoose(choice);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === 'Escape' && isOpen) setText(null);
    else if (key === 'Enter' && isOpen) choose(shown[active]);
    else if ((key === 'ArrowDown' || key === 'ArrowUp') && !isOpen) open();
    else if (key === 'ArrowDown') setActive(Math.min(active + 1, shown.length - 1));
    else if (key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else return;
    event.preventDefault();
  };

  return (
    <div class="combo">
      <input
        class="input"
        role="combobox"
        aria-label={label}
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && shown[active] ? `${id}-${active}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={text ?? chosen.title}
        placeholder={isOpen ? chosen.title : undefined}
        onClick={() => !isOpen && open()}
        onBlur={() => setText(null)}
        onKeyDown={onKeyDown}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setActive(0);
        }}
      />
      <Icon icon={ChevronsUpDown} size={14} />
      <div class="combo-popup" hidden={!isOpen}>
        <div
          id={`${id}-list`}
          class="combo-list"
          role="listbox"
          aria-label={label}
          // The field would lose the focus, and close it before the click arrives.
          onMouseDown={(event) => event.preventDefault()}
        >
          {isOpen &&
            shown.map((choice, index) => (
              <Offer
                key={choice.value}
                id={`${id}-${index}`}
                choice={choice}
                isActive={index === active}
                isChosen={choice.value === chosen.value}
                onChoose={() => choose(choice)}
              />
            ))}
        </div>
        {isOpen && <Rest isEmpty={shown.length === 0} leftOut={leftOut} problem={problem} />}
      </div>
    </div>
  );
}

function useOffers({ choices, choiceOfText }: ComboBoxProps, text: string) {
  return useMemo(() => {
    const matches = choiceMatches(choices, text);
    const own = choiceOfText?.(text.trim()) ?? null;
    const isKnown = own === null || choices.some(({ value }) => value === own.value);
    return isKnown ? matches : { ...matches, shown: [...matches.shown, own] };
  }, [choices, choiceOfText, text]);
}

interface RestProps {
  readonly isEmpty: boolean;
  readonly leftOut: number;
  readonly problem: string | null;
}

function Rest({ isEmpty, leftOut, problem }: RestProps) {
  if (problem !== null) return <p class="combo-rest tone-bad">{problem}</p>;
  if (isEmpty) return <p class="combo-rest">No matches</p>;
  if (leftOut === 0) return null;
  return <p class="combo-rest">{formatCount(leftOut)} more. Type part of the name or id.</p>;
}
