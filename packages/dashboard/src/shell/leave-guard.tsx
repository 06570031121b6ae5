/**
 * Asks before a page is left on which something would be lost: by a link, by "back" and "forward", or
 * by whatever calls `leaveScope`. Closing the tab and reloading are asked about by the browser.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { isOtherPlace } from '../state/places.ts';
import {
  leaveScope,
  onQuestion,
  PAGE,
  type Question,
  type Unsaved,
  unsavedIn,
} from '../state/unsaved.ts';
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
    text: 'What you changed here is not saved.',
    stay: 'Keep editing',
    leave: 'Discard changes',
  },
  saving: {
    title: 'Leave while this is being saved?',
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
  useGuardedAddress();
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

function useGuardedAddress(): void {
  const { url, route } = useLocation();
  const shown = useRef(url);
  shown.current = url;
  const goTo = useRef(route);
  goTo.current = route;
  useEffect(() => {
    const isLeaving = (to: string) => unsavedIn(PAGE) !== null && isOtherPlace(shown.current, to);
    const onClick = (event: MouseEvent) => {
      const to = addressOf(event);
      if (to === null || !isLeaving(to)) return;
      event.preventDefault();
      event.stopPropagation();
      leaveScope(PAGE, () => goTo.current(to));
    };
    const onPopState = (event: PopStateEvent) => {
      const { pathname, search } = window.location;
      if (!isLeaving(pathname + search)) return;
      // The address has changed already: it is put back, on top of where one is to go.
      event.stopImmediatePropagation();
      window.history.pushState(null, '', shown.current);
      leaveScope(PAGE, () => window.history.back());
    };
    // Before the router hears of it.
    window.addEventListener('click', onClick, { capture: true });
    window.addEventListener('popstate', onPopState, { capture: true });
    return () => {
      window.removeEventListener('click', onClick, { capture: true });
      window.removeEventListener('popstate', onPopState, { capture: true });
    };
  }, []);
}

/** Where a click leads within the dashboard. Null: nowhere, or the browser goes there itself. */
function addressOf(event: MouseEvent): string | null {
  const { target, button, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (button !== 0 || ctrlKey || metaKey || altKey || shiftKey) return null;
  const link = target instanceof Element ? target.closest('a') : null;
  if (!link?.href || link.target !== '' || link.hasAttribute('download')) return null;
  const { origin, pathname, search, hash } = new URL(link.href);
  if (origin !== window.location.origin || (hash !== '' && isHere(pathname, search))) return null;
  return link.dataset.leaves === undefined ? pathname + search : null;
}

function isHere(pathname: string, search: string): boolean {
  return pathname === window.location.pathname && search === window.location.search;
}
