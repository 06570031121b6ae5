/** `GET /api/audit`: who changed what. */

import { AuditEntrySchema } from '@hookpulse/api/audit-entry';
import { NextCursor } from '@hookpulse/api/next-cursor';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, unavailable } from '@hookpulse/service-kit/http/http-error';
import Type from 'typebox';
import type { AuditPlace, AuditTrail } from '../audit/audit-trail.ts';
import { DEFAULT_PAGE_LIMIT, PageCursor, PageLimit } from '../domain/page-query.ts';
import { givenCursor } from './given-fields.ts';

export interface AuditRoutesDeps {
  /** Null until it could be read. */
  readonly audit: { readonly table: AuditTrail | null };
}

const Query = Type.Object({ limit: PageLimit, cursor: PageCursor });
const AuditSchema = Type.Object({
  entries: Type.Array(AuditEntrySchema, { description: 'newest first' }),
  next_cursor: NextCursor,
});

export function registerAudit(app: HttpApp, { audit }: AuditRoutesDeps): void {
  app.get(
    '/api/audit',
    {
      // Names people's addresses, sessions and tokens.
      config: { access: 'admin' },
      schema: {
        tags: ['administration'],
        summary: 'Changes and their authors, newest first: the last 10,000, at most 90 days back',
        querystring: Query,
        response: { 200: AuditSchema, 400: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    (request) => {
      const { table: trail } = audit;
      if (!trail) throw unavailable('The audit has not been read from the log yet; try again.');
      const { limit = DEFAULT_PAGE_LIMIT, cursor } = request.query;
      // One more than asked for tells whether there is another page.
      const found = trail.newest(givenCursor(cursor, placeOf), limit + 1);
      const page = found.slice(0, limit);
      const last = page.at(-1);
      return {
        entries: page,
        next_cursor: last && found.length > limit ? cursorOf(last) : null,
      };
    },
  );
}

/** `1770753600000-550e8400-e29b-41d4-a716-446655440000` */
function cursorOf({ at, audit_id }: AuditPlace): string {
  return `${Date.parse(at)}-${audit_id}`;
}

/** Null: it is none that was given out. */
function placeOf(cursor: string): AuditPlace | null {
  const [, atMs, audit_id] = /^(\d{1,13})-([\da-f-]{36})$/.exec(cursor) ?? [];
  if (atMs === undefined || audit_id === undefined) return null;
  return { at: new Date(Number(atMs)).toISOString(), audit_id };
}
