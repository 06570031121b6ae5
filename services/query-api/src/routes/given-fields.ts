/** What of the fields of a page's query string a schema cannot say. */
import { END_OF_STORABLE_TIME_MS, momentMs } from '@hookpulse/common/values/moment';
import type { HttpError } from '@hookpulse/service-kit/http/http-error';
import { invalidInput } from '@hookpulse/service-kit/http/invalid-input';

/** Milliseconds since the epoch; null: no bound. */
export interface GivenSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/**
 * As far as the store holds time: before and after it there is nothing to be found.
 * @throws HttpError 400
 */
export function givenSpan(query: { readonly from?: string; readonly to?: string }): GivenSpan {
  const fromMs = query.from === undefined ? null : momentMs(query.from);
  const toMs = query.to === undefined ? null : momentMs(query.to);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw badField('from', 'from must be before to');
  }
  return { fromMs: storable(fromMs), toMs: storable(toMs) };
}

function storable(timeMs: number | null): number | null {
  return timeMs === null ? null : Math.min(Math.max(timeMs, 0), END_OF_STORABLE_TIME_MS);
}

/** @param read - null: it is none that was given out  @throws HttpError 400 */
export function givenCursor<Place>(
  cursor: string | undefined,
  read: (cursor: string) => Place | null,
  field: 'cursor' | 'last_event_id' = 'cursor',
): Place | null {
  if (cursor === undefined) return null;
  const place = read(cursor);
  if (place === null) {
    const what = field === 'cursor' ? 'the next_cursor of a previous answer' : 'the id of an event';
    throw badField(field, `${field} must be ${what}`);
  }
  return place;
}

export function badField(field: string, message: string): HttpError {
  return invalidInput('query', [{ field, message }]);
}
