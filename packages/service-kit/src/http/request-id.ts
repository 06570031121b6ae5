/**
 * The id by which an answer, a log line and an audit entry are known to be of one request. A caller
 * that has one already (a proxy, a tracing client) keeps it.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const REQUEST_ID_HEADER = 'x-request-id';

/** What goes into logs and headers unchanged: UUIDs, ULIDs, trace ids, and nothing that needs quoting. */
const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/;

/** The caller's own id where it is well-formed, else a new UUID. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : randomUUID();
}
