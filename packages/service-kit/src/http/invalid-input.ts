/** The answer to a request of which a part is not as its route takes it. */
import { badRequest, type ErrorDetail, type HttpError } from './http-error.ts';

/** What people call the parts of a request. */
export type RequestPart = 'body' | 'query' | 'path' | 'header';

const SENTENCES: Readonly<Record<RequestPart, string>> = {
  body: 'Invalid body.',
  query: 'Invalid query parameters.',
  path: 'Invalid path.',
  header: 'Invalid headers.',
};

/** 400. @param details - one for each thing that is wrong, naming its field */
export function invalidInput(part: RequestPart, details: readonly ErrorDetail[]): HttpError {
  return badRequest(SENTENCES[part], details);
}

/** 400: one field of the body is not as it has to be, beyond what its schema says. */
export function invalidField(field: string, message: string): HttpError {
  return invalidInput('body', [{ field, message }]);
}
