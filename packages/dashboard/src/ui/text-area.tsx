/** A field of several lines. */
import { useId } from 'preact/hooks';
import './fields.css';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly rows?: number;
  readonly hint?: string;
  readonly error?: string | undefined;
}

export function TextArea({ label, value, onInput, rows = 3, hint, error }: TextAreaProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class="input"
        rows={rows}
        value={value}
        spellcheck={false}
        aria-invalid={error !== undefined}
        aria-describedby={note ? `${id}-hint` : undefined}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {note && (
        <span id={`${id}-hint`} class={error ? 'field-note tone-bad' : 'field-note'}>
          {note}
        </span>
      )}
    </div>
  );
}
