/** What people said of a group of errors, and what its state follows from. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { DAY_MS } from '../values/durations.ts';
import { ERROR_FINGERPRINT_PATTERN } from './error-fingerprint.ts';

const Timestamp = Type.String({ format: 'date-time' });
const COMMON = {
  fingerprint: Type.String({ pattern: ERROR_FINGERPRINT_PATTERN }),
  /** Who said so, and when. */
  by: Type.String({ minLength: 1, maxLength: 100 }),
  at: Timestamp,
};

export const ErrorMarkSchema = Type.Union([
  Type.Object({ ...COMMON, kind: Type.Literal('resolved') }),
  Type.Object({ ...COMMON, kind: Type.Literal('ignored'), until: Timestamp }),
]);
export type ErrorMark = Static<typeof ErrorMarkSchema>;
export const errorMarkValidator = Compile(ErrorMarkSchema);

export const ERROR_STATES = ['new', 'ongoing', 'back', 'resolved', 'ignored'] as const;
export type ErrorState = (typeof ERROR_STATES)[number];

/** How long a group counts as new after its first event. */
const NEW_MS = DAY_MS;

/**
 * - `ignored`: until the time of its mark.
 * - `resolved`: nothing came since it was marked; `back`: something did.
 * - `new`: its first stored event is of the last day.
 * @param seen - its first and last event, milliseconds since the epoch
 */
export function errorStateOf(
  mark: ErrorMark | undefined,
  seen: { readonly firstMs: number; readonly lastMs: number },
  nowMs: number,
): ErrorState {
  if (mark?.kind === 'ignored' && Date.parse(mark.until) > nowMs) return 'ignored';
  if (mark?.kind === 'resolved') return seen.lastMs > Date.parse(mark.at) ? 'back' : 'resolved';
  return nowMs - seen.firstMs < NEW_MS ? 'new' : 'ongoing';
}
