/** Something that is so or not, with what it means. */
import { useId } from 'preact/hooks';
import './check-box.css';

export interface CheckBoxProps {
  readonly label: string;
  readonly hint: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

export function CheckBox({ label, hint, isChecked, onChange }: CheckBoxProps) {
  const id = useId();
  return (
    <div class="check-box">
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label for={id}>{label}</label>
      <span id={`${id}-hint`} class="field-note">
        {hint}
      </span>
    </div>
  );
}
