/** A row of filters above a list; their values are kept in the URL (`useUrlState`). */
import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useUrlState } from '../state/url-state.ts';
import { Button } from './button.tsx';
import { CompactField, SearchField, SelectField } from './fields.tsx';
import './filter-bar.css';

/** Typing is put into the URL after a pause of this length. */
const TYPING_PAUSE_MS = 150;

export interface FilterBarProps {
  /** Parameters that "Clear" takes away. */
  readonly names: readonly string[];
  readonly children: ComponentChildren;
  /** At the end of the row, such as how many were found. */
  readonly summary?: ComponentChildren;
}

export function FilterBar({ names, children, summary }: FilterBarProps) {
  const url = useUrlState();
  const isSet = names.some((name) => url.get(name) !== '');
  const clear = () => url.set(Object.fromEntries(names.map((name) => [name, null])));
  return (
    <search class="filters">
      {children}
      {isSet && (
        <Button kind="quiet" icon={X} onClick={clear}>
          Clear
        </Button>
      )}
      {summary && <span class="filters-summary">{summary}</span>}
    </search>
  );
}

/** A search field bound to a parameter of the address. */
export function UrlSearch({ name, label }: { readonly name: string; readonly label: string }) {
  const url = useUrlState();
  const current = url.get(name);
  const [text, setText] = useState(current);
  useEffect(() => setText(current), [current]);
  useEffect(() => {
    if (text === current) return;
    const timer = setTimeout(() => url.set({ [name]: text }), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return <SearchField label={label} value={text} onInput={setText} />;
}

export interface UrlTextProps {
  readonly name: string;
  readonly label: string;
  readonly isNumeric?: boolean;
}

/** A text that has to be whole before it means anything: taken into the address by Enter, or when it is left. */
export function UrlText({ name, label, isNumeric }: UrlTextProps) {
  const url = useUrlState();
  return (
    <CompactField
      label={label}
      value={url.get(name)}
      isNumeric={isNumeric}
      onCommit={(value) => url.set({ [name]: value }, true)}
    />
  );
}

export interface UrlSelectProps<T extends string> {
  readonly name: string;
  readonly label: string;
  /** The first one is meant when the address says nothing. */
  readonly options: readonly { readonly value: T; readonly title: string }[];
}

/** A choice bound to a parameter of the address. */
export function UrlSelect<T extends string>({ name, label, options }: UrlSelectProps<T>) {
  const url = useUrlState();
  const standard = options[0]?.value ?? '';
  return (
    <SelectField
      label={label}
      isCompact
      options={options}
      value={url.get(name) || standard}
      onInput={(value) => url.set({ [name]: value === standard ? null : value }, true)}
    />
  );
}
