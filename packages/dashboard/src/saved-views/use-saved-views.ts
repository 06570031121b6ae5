/** Views that were saved with the token of the session. */
import { type OwnView, SAVED_VIEWS_PATH, type SavedViewList } from '@hookpulse/api/saved-view-list';
import { askApi } from '../api/client.ts';
import { resources, useResource } from '../api/resources.ts';
import { useSession } from '../api/session.tsx';
import { showToast } from '../ui/toast.tsx';

const REFRESH_MS = 60_000;
const NO_VIEWS: readonly OwnView[] = [];

/** None without a session: then there is nobody to keep them for. */
export function useSavedViews(): readonly OwnView[] {
  const { reads } = useSession();
  const { data } = useResource<SavedViewList>(reads ? SAVED_VIEWS_PATH : null, {
    refreshMs: REFRESH_MS,
  });
  return data?.views ?? NO_VIEWS;
}

/** @throws ApiError */
export async function saveView({ name, path }: Pick<OwnView, 'name' | 'path'>): Promise<void> {
  await askApi<OwnView>(SAVED_VIEWS_PATH, { method: 'POST', body: { name, path } });
  resources.refresh(SAVED_VIEWS_PATH);
}

/** @throws ApiError */
export async function renameView({ view_id }: OwnView, name: string): Promise<void> {
  const path = `${SAVED_VIEWS_PATH}/${view_id}`;
  await askApi<OwnView>(path, { method: 'PATCH', body: { name } });
  resources.refresh(SAVED_VIEWS_PATH);
}

/** Can be undone for a while. @throws ApiError */
export async function deleteView(view: OwnView): Promise<void> {
  await askApi<undefined>(`${SAVED_VIEWS_PATH}/${view.view_id}`, { method: 'DELETE' });
  resources.refresh(SAVED_VIEWS_PATH);
  showToast({
    tone: 'good',
    text: `The view ${view.name} was deleted.`,
    action: { title: 'Undo', run: () => void restore(view) },
  });
}

async function restore(view: OwnView): Promise<void> {
  try {
    await saveView(view);
  } catch {
    showToast({ tone: 'bad', text: `The view ${view.name} could not be restored.` });
  }
}
