/** Fields of a query string that lists share: a span of time, and a page. */
import { MOMENT_FORM } from '@hookpulse/common/values/moment';
import Type from 'typebox';

export const DEFAULT_PAGE_LIMIT = 100;
const MAX_PAGE_LIMIT = 1_000;

export const SpanFrom = Type.Optional(
  Type.String({
    format: 'date-time',
    description: `${MOMENT_FORM}; start of the range, inclusive`,
  }),
);
export const SpanTo = Type.Optional(
  Type.String({
    format: 'date-time',
    description: `${MOMENT_FORM}; end of the range, exclusive`,
  }),
);
export const PageLimit = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: MAX_PAGE_LIMIT,
    description: `a whole number from 1 to ${MAX_PAGE_LIMIT}; default ${DEFAULT_PAGE_LIMIT}`,
  }),
);
export const PageCursor = Type.Optional(
  Type.String({ description: 'the next_cursor of the previous page' }),
);
