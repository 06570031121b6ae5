/** Delivers updates again, part by part until all are done. */
import type { Replay, ReplayRequest } from '@hookpulse/api/updates';
import { askApi } from '../api/client.ts';

/** @returns how many, of all parts  @throws ApiError; the parts before are done then */
export async function runReplay(request: Omit<ReplayRequest, 'cursor'>): Promise<number> {
  let updates = 0;
  let cursor: string | null = null;
  do {
    const body: ReplayRequest = { ...request, ...(cursor === null ? {} : { cursor }) };
    const part: Replay = await askApi<Replay>('/api/updates/replay', { method: 'POST', body });
    updates += part.updates;
    cursor = part.next_cursor;
  } while (cursor !== null);
  return updates;
}

/** `1 update`, `1,204 updates` */
export function updatesText(count: number): string {
  return `${count.toLocaleString('en')} update${count === 1 ? '' : 's'}`;
}
