/**
 * What would be lost by leaving: typed text, a change under way, secrets that are shown once. Each is
 * held in a scope, such as a dialog, and leaving that scope or one around it asks first.
 */

export type Unsaved = 'edited' | 'saving' | 'secrets';

export interface Scope {
  /** Null: the page, which is left by another address. */
  readonly parent: Scope | null;
}

/** What is asked before one leaves. */
export interface Question {
  readonly what: Unsaved;
  readonly leave: () => void;
}

export const PAGE: Scope = { parent: null };

/** The worst last. */
const SEVERITIES: readonly Unsaved[] = ['edited', 'saving', 'secrets'];

interface Held {
  readonly what: Unsaved;
  readonly scope: Scope;
}

const held = new Set<Held>();
let askBefore: (question: Question) => void = ({ leave }) => leave();

/** @returns lets it go */
export function hold(what: Unsaved, scope: Scope): () => void {
  const one = { what, scope };
  held.add(one);
  watchUnload();
  return () => {
    held.delete(one);
    watchUnload();
  };
}

/** The worst that leaving a scope would lose; null: nothing. */
export function unsavedIn(scope: Scope): Unsaved | null {
  const within = [...held].filter((one) => isWithin(one.scope, scope));
  return SEVERITIES.findLast((what) => within.some((one) => one.what === what)) ?? null;
}

/** Leaves a scope: at once where nothing is lost, else when that was agreed to. */
export function leaveScope(scope: Scope, go: () => void): void {
  const what = unsavedIn(scope);
  if (what === null) {
    go();
    return;
  }
  askBefore({
    what,
    leave() {
      for (const one of held) if (isWithin(one.scope, scope)) held.delete(one);
      watchUnload();
      go();
    },
  });
}

/** @param ask - shows the question; what is answered with yes calls its `leave` */
export function onQuestion(ask: (question: Question) => void): void {
  askBefore = ask;
}

function isWithin(inner: Scope, outer: Scope): boolean {
  for (let scope: Scope | null = inner; scope !== null; scope = scope.parent) {
    if (scope === outer) return true;
  }
  return false;
}

/** Only while it matters: a page with such a listener is not kept for going back to it. */
function watchUnload(): void {
  if (typeof window === 'undefined') return;
  if (held.size > 0) window.addEventListener('beforeunload', refuse);
  else window.removeEventListener('beforeunload', refuse);
}

/** The browser asks in its own words. */
function refuse(event: BeforeUnloadEvent): void {
  event.preventDefault();
}
