/** Copies a text, and says so. */
import { Check, Copy } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button, type ButtonKind } from './button.tsx';
import { copyText } from './copy-text.ts';
import { showToast } from './toast.tsx';

const SAYS_SO_MS = 1_500;

export interface CopyButtonProps {
  readonly text: string;
  /** What is copied, such as "the command". */
  readonly what: string;
  readonly kind?: ButtonKind;
  /** On the button, beside the icon; default: it says what it does on hover only. */
  readonly title?: string;
}

export function CopyButton({ text, what, kind = 'quiet', title }: CopyButtonProps) {
  const [isCopied, setIsCopied] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), SAYS_SO_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);

  async function copy(): Promise<void> {
    const isDone = await copyText(text, place.current);
    setIsCopied(isDone);
    if (!isDone) {
      const advice = 'Select the text and copy it with the keyboard.';
      showToast({
        tone: 'bad',
        text: `The browser does not let this page copy ${what}. ${advice}`,
      });
    }
  }

  return (
    <>
      <Button
        kind={kind}
        icon={isCopied ? Check : Copy}
        {...(title ? {} : { label: `Copy ${what}` })}
        onClick={() => void copy()}
      >
        {title}
      </Button>
      <span ref={place} class="visually-hidden" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
    </>
  );
}
