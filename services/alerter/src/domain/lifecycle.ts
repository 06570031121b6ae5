/**
 * An alert's life: firing, reminders, resolved. Each step is a verdict as data, with the reason;
 * the caller publishes it.
 */
import type { TransitionName } from '@hookpulse/common/alerts/alert';

/** What is found now about one bot and rule. */
export type Finding =
  | { readonly kind: 'holds' }
  /** It does not hold, and nothing shows that it is over. */
  | { readonly kind: 'open' }
  | { readonly kind: 'clear' }
  /** There is nothing to judge any more. */
  | { readonly kind: 'over'; readonly reason: string };

/** An alert that fires. */
export interface OpenAlert {
  /** Since when the rule has not held, milliseconds since the epoch; null: it holds. */
  readonly clearSinceMs: number | null;
  /** When the mail of its newest transition was settled; null: it is still owed. */
  readonly mailSettledMs: number | null;
}

export interface LifecycleStep {
  /** Null: nothing happens. */
  readonly transition: TransitionName | null;
  readonly clearSinceMs: number | null;
}

/**
 * An alert that comes and goes fires once: its rule must stay clear for this long before it
 * resolves.
 */
export const RESOLVED_AFTER_MS = 60_000;

const NOTHING: LifecycleStep = { transition: null, clearSinceMs: null };

/**
 * @param alert - null: none fires
 * @param repeatAfterMs - from the settling of the last mail to a reminder
 */
export function lifecycleStep(
  alert: OpenAlert | null,
  finding: Finding,
  repeatAfterMs: number,
  nowMs: number,
): LifecycleStep {
  if (alert === null) {
    return finding.kind === 'holds' ? { transition: 'firing', clearSinceMs: null } : NOTHING;
  }
  switch (finding.kind) {
    case 'over':
      return { transition: 'resolved', clearSinceMs: null };
    case 'open':
      return NOTHING;
    case 'clear': {
      // Not in the future, should the clock have been set back meanwhile.
      const clearSinceMs = Math.min(alert.clearSinceMs ?? nowMs, nowMs);
      const isResolved = nowMs - clearSinceMs >= RESOLVED_AFTER_MS;
      return { transition: isResolved ? 'resolved' : null, clearSinceMs };
    }
    case 'holds': {
      const { mailSettledMs } = alert;
      const isDue = mailSettledMs !== null && nowMs - mailSettledMs >= repeatAfterMs;
      return { transition: isDue ? 'reminder' : null, clearSinceMs: null };
    }
    default:
      return finding satisfies never;
  }
}
