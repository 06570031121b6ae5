/** A change that is refused if somebody else made one meanwhile. */
import { ApiError, type ApiRequest, askVersioned, isOutOfDate, type Versioned } from './client.ts';
import { resources } from './resources.ts';

export interface WriteSubject {
  /** What it is, in a word or two. */
  readonly what: string;
  /** Path of the resource that shows it: asked for anew when the change is refused. */
  readonly shownAt: string;
}

/**
 * Nothing is done if it has changed since it was shown. Then it is shown as it is now, and the caller
 * decides about it first.
 * @throws ApiError
 */
export async function writeIfCurrent<T>(
  path: string,
  request: ApiRequest,
  { what, shownAt }: WriteSubject,
): Promise<Versioned<T>> {
  try {
    return await askVersioned<T>(path, request);
  } catch (failure) {
    if (!isOutOfDate(failure)) throw failure;
    resources.refresh(shownAt);
    throw new ApiError(
      `Someone else changed this ${what} in the meantime. It is shown as it is now. Check it, then try again.`,
      { statusCode: failure.statusCode },
    );
  }
}
