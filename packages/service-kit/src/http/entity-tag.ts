/**
 * `ETag` and `If-Match` (RFC 9110, sections 8.8.3 and 13.1.1): a write to a resource that has
 * changed since it was read is answered 412 with the current version, instead of overwriting it
 * silently.
 */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { ErrorBodySchema, HttpError } from './http-error.ts';
import { invalidInput } from './invalid-input.ts';

/** Of a route whose answers carry an `ETag`; as a route's `headers` where it takes `If-Match`. */
export const IfMatchSchema = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      description: 'ETag of the version to change, in quotes; 412 if it is no longer current',
    }),
  ),
});

/** Bytes of the digest: as many as a UUID has. */
const DIGEST_BYTES = 16;
const ONE_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** The answer 412. @param view - of what is in force */
export function preconditionFailedSchema<View extends TSchema>(view: View) {
  return Type.Object({ ...ErrorBodySchema.properties, current: view });
}

/** The strong tag of a record; two records have the same tag when they are the same JSON. */
export function entityTag(record: object): string {
  const digest = createHash('sha256').update(JSON.stringify(record)).digest();
  return `"${digest.subarray(0, DIGEST_BYTES).toString('base64url')}"`;
}

/**
 * To be called when nothing else prevents the change.
 * @param record - as it is in force  @param view - shows it to the caller
 * @throws HttpError 400 when the header is none, 412 when it names other tags only
 */
export function assertMatches(request: FastifyRequest, record: object, view: () => object): void {
  const ifMatch = request.headers['if-match'];
  if (ifMatch === undefined) return;
  const current = entityTag(record);
  if (givenTags(ifMatch).some((tag) => tag === '*' || tag === current)) return;
  throw new HttpError(
    412,
    'It has changed since you read it. The field current holds the current version.',
    {
      headers: { etag: current },
      current: view(),
    },
  );
}

function givenTags(ifMatch: string): readonly string[] {
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.every((tag) => tag === '*' || ONE_TAG.test(tag))) return tags;
  throw invalidInput('header', [
    { field: 'if-match', message: 'if-match must be * or ETags in quotes, such as "Xb3…"' },
  ]);
}
