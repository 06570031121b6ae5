/** What of a page's query string a schema cannot say. */
import { badRequest, type HttpError } from '@hookpulse/common/http/http-error';

/** Milliseconds since the epoch; null: no bound. */
export interface GivenSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** @throws HttpError 400 */
export function givenSpan(query: { readonly from?: string; readonly to?: string }): GivenSpan {
  const fromMs = query.from === undefined ? null : Date.parse(query.from);
  const toMs = query.to === undefined ? null : Date.parse(query.to);
  if (fromMs !== null && toMs !== null && fromMs >= toMs) {
    throw badField('from', 'from must be before to');
  }
  return { fromMs, toMs };
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
    const what = field === 'cursor' ? 'the next_cursor of an answer' : 'the id of an event';
    throw badField(field, `${field} must be ${what}`);
  }
  return place;
}

export function badField(field: string, message: string): HttpError {
  return badRequest('The query is not as this route takes it.', [{ field, message }]);
}
