/** The foot of a dialog's form: what was refused, the way out, and the button. */
import type { ApiError } from '../api/client.ts';
import { useLeave } from '../state/use-unsaved.ts';
import { Button } from './button.tsx';
import { FormError } from './fields.tsx';

export interface FormFootProps {
  /** What the button says: the action, such as "Add bot". */
  readonly action: string;
  readonly error: ApiError | null;
  readonly isBusy: boolean;
  readonly isDisabled?: boolean;
  readonly isDangerous?: boolean;
  /** Asked first if something would be lost, as with Escape. */
  readonly onClose: () => void;
}

export function FormFoot(props: FormFootProps) {
  const { action, error, isBusy, isDisabled = false, isDangerous = false, onClose } = props;
  const leave = useLeave();
  return (
    <>
      <FormError error={error} />
      <div class="dialog-actions">
        <Button onClick={() => leave(onClose)}>Cancel</Button>
        <Button
          type="submit"
          kind={isDangerous ? 'danger' : 'primary'}
          isDisabled={isDisabled}
          isBusy={isBusy}
        >
          {action}
        </Button>
      </div>
    </>
  );
}
