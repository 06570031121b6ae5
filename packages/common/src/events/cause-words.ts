/** The sentence that leads with a cause, and what errors are called. */
import type { ErrorCause } from './error-cause.ts';
import { errorPattern } from './error-pattern.ts';
import type { WebhookEvent } from './webhook-event.ts';

const MAX_TITLE_CHARACTERS = 120;
const PLACEHOLDER = /<(?:number|text|id|url|path|address|time|email|user|token|object)>/g;

/** `ValueError: cannot read amount`, on one line: what is the same in all errors of a group. */
export function errorTitle({
  error_type,
  error_message,
}: Pick<WebhookEvent, 'error_type' | 'error_message'>): string {
  const pattern = errorPattern(error_message)
    .replace(PLACEHOLDER, '…')
    .replace(/[\s:,;(=-]*…[\s).]*$/, '');
  const title = [error_type, pattern].filter((part) => part !== null && part !== '').join(': ');
  if (title === '') return 'Error without a type';
  const characters = [...title];
  return characters.length <= MAX_TITLE_CHARACTERS
    ? title
    : `${characters.slice(0, MAX_TITLE_CHARACTERS - 1).join('')}…`;
}

/**
 * `ValueError: cannot read amount: 97% of failures since 22:10, callback queries only`.
 * @param formatTime - how a moment is written
 */
export function causeSentence(cause: ErrorCause, formatTime: (at: string) => string): string {
  const { count, failures, since, update_types: kinds } = cause;
  const share =
    count >= failures ? 'all failures' : `${wholePercent(count / failures)} of failures`;
  const from = since === null ? '' : ` since ${formatTime(since)}`;
  const [kind, ...others] = kinds;
  const only = kind !== undefined && others.length === 0 ? `, ${kindWords(kind)} only` : '';
  return `${errorTitle(cause)}: ${share}${from}${only}`;
}

/** `callback_query` is "callback queries". */
export function kindWords(updateType: string): string {
  const words = updateType.replaceAll('_', ' ');
  return /[^aeiou]y$/.test(words) ? `${words.slice(0, -1)}ies` : `${words}s`;
}

/** Never 0% of something nor 100% of less than all. */
function wholePercent(share: number): string {
  return `${Math.min(99, Math.max(1, Math.round(share * 100)))}%`;
}
