/** `GET /api/audit`: who changed what. */
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { badRequest, ErrorBodySchema, unavailable } from '@hookpulse/common/http/http-error';
import Type from 'typebox';
import type { AuditBoard } from '../audit/audit-board.ts';
import { AuditEntrySchema } from '../domain/audit-entry.ts';

export interface AuditRoutesDeps {
  /** Null until it could be read. */
  readonly audit: { readonly board: AuditBoard | null };
}

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const Query = Type.Object({
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: MAX_LIMIT,
      description: `a whole number from 1 to ${MAX_LIMIT}; default ${DEFAULT_LIMIT}`,
    }),
  ),
  cursor: Type.Optional(Type.String({ description: 'next_cursor of the page before' })),
});
const AuditSchema = Type.Object({
  entries: Type.Array(AuditEntrySchema, { description: 'the newest first' }),
  next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null: there are no more' }),
});

export function registerAudit(app: HttpApp, { audit }: AuditRoutesDeps): void {
  app.get(
    '/api/audit',
    {
      // Names people's addresses and sessions: for who may change things.
      config: { access: 'write' },
      schema: {
        tags: ['administration'],
        summary:
          'Who changed what, the newest first: the last 10,000 changes, 90 days back at most',
        querystring: Query,
        response: { 200: AuditSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) => {
      const { board } = audit;
      if (!board) throw unavailable('The audit has not been read from the log yet; try again.');
      const { limit = DEFAULT_LIMIT, cursor } = request.query;
      // One more than asked for tells whether there is another page.
      const found = board.newest(cursor === undefined ? null : offsetOf(cursor), limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page.map(({ entry }) => entry),
        next_cursor: last && found.length > limit ? String(last.offset) : null,
      };
    },
  );
}

/** @throws HttpError 400 */
function offsetOf(cursor: string): bigint {
  if (/^\d{1,18}$/.test(cursor)) return BigInt(cursor);
  throw badRequest('The query is not as this route takes it.', [
    { field: 'cursor', message: 'cursor must be the next_cursor of an answer' },
  ]);
}
