/** The question whether to leave what would be lost by it. */
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { atBase } from '../base-path.ts';
import { rememberShown } from '../state/address-guard.ts';
import { onQuestion, type Question, type Unsaved } from '../state/unsaved.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface Words {
  readonly title: string;
  readonly text: string;
  readonly stay: string;
  readonly leave: string;
}

const WORDS: Readonly<Record<Unsaved, Words>> = {
  edited: {
    title: 'Discard your changes?',
    text: 'Your changes on this page are not saved.',
    stay: 'Keep editing',
    leave: 'Discard changes',
  },
  saving: {
    title: 'Leave before this is saved?',
    text: 'You will not see the result. If it creates a secret, you will not see the secret either.',
    stay: 'Wait',
    leave: 'Leave anyway',
  },
  secrets: {
    title: 'Have you copied the secrets?',
    text: 'Hookpulse keeps only their hashes and cannot show them again.',
    stay: 'Show them',
    leave: 'I have copied them',
  },
};

export function LeaveGuard() {
  const [question, setQuestion] = useState<Question | null>(null);
  useEffect(() => onQuestion(setQuestion), []);
  const { url } = useLocation();
  useLayoutEffect(() => rememberShown(atBase(url)), [url]);
  if (!question) return null;
  const { title, text, stay, leave } = WORDS[question.what];
  const close = () => setQuestion(null);
  return (
    <Dialog title={title} onClose={close}>
      <p>{text}</p>
      <div class="dialog-actions">
        <Button
          kind="danger"
          onClick={() => {
            close();
            question.leave();
          }}
        >
          {leave}
        </Button>
        <Button kind="primary" onClick={close}>
          {stay}
        </Button>
      </div>
    </Dialog>
  );
}
