/** Short messages of what was done, that leave by themselves. `showToast` works from anywhere. */
import { X } from 'lucide';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button.tsx';
import { type Tone, ToneMark } from './status-badge.tsx';
import './toast.css';

export interface Toast {
  readonly tone: Tone;
  readonly text: string;
  /** What one can do about it, such as undo it. */
  readonly action?: { readonly title: string; readonly run: () => void };
}

interface ShownToast extends Toast {
  readonly id: number;
}

/** Long enough to read two lines. */
const SHOWN_MS = 6_000;
/** Long enough to find the way to its button, also by the keyboard. */
const ACTION_SHOWN_MS = 20_000;

let nextId = 1;
let listener: (toast: ShownToast) => void = () => {};

export function showToast(toast: Toast): void {
  listener({ ...toast, id: nextId });
  nextId += 1;
}

/** To be rendered once. */
export function Toasts() {
  const [toasts, setToasts] = useState<readonly ShownToast[]>([]);
  const dismiss = (id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id));
  useEffect(() => {
    listener = (toast) => {
      setToasts((shown) => [...shown, toast]);
      setTimeout(() => dismiss(toast.id), toast.action ? ACTION_SHOWN_MS : SHOWN_MS);
    };
    return () => {
      listener = () => {};
    };
  }, []);
  return (
    <section class="toasts" aria-live="polite" aria-label="Messages">
      {toasts.map(({ id, tone, text, action }) => (
        <div class="toast" key={id}>
          <ToneMark tone={tone} />
          <span>{text}</span>
          {action && (
            <Button
              onClick={() => {
                dismiss(id);
                action.run();
              }}
            >
              {action.title}
            </Button>
          )}
          <Button kind="quiet" icon={X} label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </section>
  );
}
