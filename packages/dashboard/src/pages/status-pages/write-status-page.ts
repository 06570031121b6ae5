/** Status pages that are changed: only as they are shown. */
import type { StatusPageView } from '@hookpulse/api/status-page-view';
import type { Versioned } from '../../api/client.ts';
import { resources } from '../../api/resources.ts';
import { writeIfCurrent } from '../../api/write-if-current.ts';

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
  const shown = { what: 'status page', shownAt: STATUS_PAGES_PATH };
  const { data } = await writeIfCurrent<T>(path + action, { method, ifMatch: etag }, shown);
  if (method === 'DELETE') resources.forget(path);
  resources.refresh(STATUS_PAGES_PATH);
  return data;
}
