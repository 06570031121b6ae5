/** Status pages that are changed: only as they are shown. */
import type { StatusPageView } from '@hookpulse/api/status-page-view';
import { ApiError, askVersioned, isOutOfDate, type Versioned } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';

export const STATUS_PAGES_PATH = '/api/status-pages';

export function pathOfStatusPage(name: string): string {
  return `${STATUS_PAGES_PATH}/${name}`;
}

/**
 * Does it unless somebody else has changed the page since it was shown; then it is shown as it is now.
 * @param action - below the page's path, such as `/link`
 * @throws ApiError
 */
export async function writeStatusPage<T>(
  { data: { name }, etag }: Versioned<StatusPageView>,
  method: 'POST' | 'DELETE',
  action = '',
): Promise<T> {
  const path = pathOfStatusPage(name);
  try {
    const { data } = await askVersioned<T>(path + action, { method, ifMatch: etag });
    if (method === 'DELETE') resources.forget(path);
    resources.refresh(STATUS_PAGES_PATH);
    return data;
  } catch (failure) {
    if (!isOutOfDate(failure)) throw failure;
    resources.refresh(STATUS_PAGES_PATH);
    throw new ApiError(
      'Someone else changed this status page in the meantime. Check it, then try again.',
      { statusCode: failure.statusCode },
    );
  }
}
