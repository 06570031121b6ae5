/** Shows what two people have made of the same fields, and lets one of them count. */
import type { Conflict, EditedForm } from '../state/use-edit.ts';
import { Button } from './button.tsx';
import './conflict-dialog.css';
import { Dialog } from './dialog.tsx';

export interface ConflictDialogProps {
  readonly form: Pick<EditedForm, 'stored' | 'typed'>;
  readonly conflict: Conflict;
  /** What a field is called. */
  readonly titleOf: (name: string) => string;
  /** A value as it is read; default: as it is typed. */
  readonly textOf?: (name: string, value: string) => string;
  readonly onSaved: () => void;
}

export function ConflictDialog(props: ConflictDialogProps) {
  const { form, conflict, titleOf, textOf = (_name, value) => value, onSaved } = props;
  const { contested, keepMine, takeTheirs, close } = conflict;
  return (
    <Dialog title="Someone else changed this" onClose={close}>
      <p>Their change was saved after you started editing. Which one do you want to keep?</p>
      <table class="conflict">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">Field</span>
            </th>
            <th scope="col">Yours</th>
            <th scope="col">Theirs</th>
          </tr>
        </thead>
        <tbody>
          {contested.map((name) => (
            <tr key={name}>
              <th scope="row">{titleOf(name)}</th>
              <td>{textOf(name, form.typed[name] ?? '')}</td>
              <td>{textOf(name, form.stored[name] ?? '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="dialog-actions">
        <Button onClick={takeTheirs}>Keep theirs</Button>
        <Button
          kind="primary"
          onClick={() => void keepMine().then((isSaved) => isSaved && onSaved())}
        >
          Keep yours
        </Button>
      </div>
    </Dialog>
  );
}
