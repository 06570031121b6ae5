/** Asks before something is done; where it cannot be undone, has its name typed first. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { useWrite } from '../api/use-write.ts';
import { Dialog } from './dialog.tsx';
import { TextField } from './fields.tsx';
import { FormFoot } from './form-foot.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  /** What will happen. */
  readonly children: ComponentChildren;
  /** What the button says: the action, such as "Delete bot". */
  readonly action: string;
  /** What has to be typed first; default: nothing. */
  readonly typed?: string;
  readonly isDangerous?: boolean;
  /** Whether what else is asked for is there; default true. */
  readonly isReady?: boolean;
  /** Closes the dialog when it succeeds; its error is shown. */
  readonly onConfirm: () => Promise<unknown>;
  readonly onClose: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <ConfirmForm {...props} />
    </Dialog>
  );
}

function ConfirmForm(props: ConfirmDialogProps) {
  const { children, action, typed, onConfirm, onClose } = props;
  const { isDangerous = false, isReady = true } = props;
  const [text, setText] = useState('');
  const { run, isBusy, error } = useWrite();
  const isAllowed = isReady && (typed === undefined || text === typed);

  async function confirm(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    if (isAllowed && (await run(onConfirm))) onClose();
  }

  return (
    <form class="form" onSubmit={(event) => void confirm(event)}>
      <div>{children}</div>
      {typed !== undefined && (
        <TextField label={`Type “${typed}” to confirm`} value={text} onInput={setText} isPlain />
      )}
      <FormFoot
        action={action}
        error={error}
        isBusy={isBusy}
        isDangerous={isDangerous}
        isDisabled={!isAllowed}
        onClose={onClose}
      />
    </form>
  );
}
