/** Fields of forms and filters, each with its label. */
import { Search } from 'lucide';
import { useEffect, useId, useState } from 'preact/hooks';
import type { ApiError } from '../api/client.ts';
import { LAST_LOCAL_DATE_TIME } from '../format/times.ts';
import './fields.css';
import { Icon } from './icon.tsx';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

export interface TextFieldProps extends FieldProps {
  readonly type?: 'text' | 'password' | 'email' | 'number' | 'datetime-local';
  /** Below the field: what may be written, or what it is for. */
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  /** No completion and no spelling: names, tokens. */
  readonly isPlain?: boolean;
  readonly autoComplete?: string;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onInput, type = 'text', hint, error, isPlain = false } = props;
  const id = useId();
  const hintId = `${id}-hint`;
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        class="input"
        // Preact's types tell the attributes of each kind of field apart; these all have.
        type={type as 'text'}
        max={type === 'datetime-local' ? LAST_LOCAL_DATE_TIME : undefined}
        value={value}
        placeholder={props.placeholder}
        required={props.isRequired}
        autocomplete={props.autoComplete ?? (isPlain ? 'off' : undefined)}
        spellcheck={!isPlain}
        aria-invalid={error !== undefined}
        aria-describedby={note ? hintId : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {note && (
        <span id={hintId} class={error ? 'field-note tone-bad' : 'field-note'}>
          {note}
        </span>
      )}
    </div>
  );
}

export interface SelectFieldProps<T extends string> extends FieldProps {
  readonly options: readonly { readonly value: T; readonly title: string }[];
  /** In a bar of filters: the label is read aloud only. */
  readonly isCompact?: boolean;
}

export function SelectField<T extends string>(props: SelectFieldProps<T>) {
  const { label, value, onInput, options, isCompact = false } = props;
  const id = useId();
  return (
    <div class="field">
      <label for={id} class={isCompact ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <select
        id={id}
        class="input"
        value={value}
        onChange={(event) => onInput(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
    </div>
  );
}

/** `/` brings the focus here. */
export function SearchField({ label, value, onInput }: FieldProps) {
  return (
    <label class="search">
      <Icon icon={Search} />
      <span class="visually-hidden">{label}</span>
      <input
        class="input"
        type="search"
        placeholder={label}
        value={value}
        spellcheck={false}
        autocomplete="off"
        data-search
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

export interface CompactFieldProps {
  /** Shown while the field is empty, and read aloud. */
  readonly label: string;
  readonly value: string;
  /** Enter was pressed, or the field was left with another text. */
  readonly onCommit: (value: string) => void;
  readonly isNumeric?: boolean | undefined;
}

/** In a bar of filters. */
export function CompactField({ label, value, onCommit, isNumeric = false }: CompactFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  return (
    <input
      class="input input-compact"
      aria-label={label}
      placeholder={label}
      value={text}
      inputMode={isNumeric ? 'numeric' : 'text'}
      spellcheck={false}
      autocomplete="off"
      onInput={(event) => setText(event.currentTarget.value)}
      onChange={() => text.trim() !== value && onCommit(text.trim())}
    />
  );
}

/** What an API refused, in its words, and which fields it is about. */
export function FormError({ error }: { readonly error: ApiError | null }) {
  return (
    <div class="form-error" role="alert">
      {error && (
        <>
          <p>{error.message}</p>
          {error.details.map(({ field, message }) => (
            <p key={`${field} ${message}`}>{message}</p>
          ))}
        </>
      )}
    </div>
  );
}
