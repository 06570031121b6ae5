/** Delivering updates again: the API does it part by part. */
import type { Replay, ReplayRequest } from '@hookpulse/api/updates';
import { askApi } from '../api/client.ts';
import { formatCount } from '../format/numbers.ts';

/** @returns how many updates, of all parts @throws ApiError; asked again, it goes on from there */
export type RunReplay = () => Promise<number>;

export function createReplay(request: Omit<ReplayRequest, 'cursor'>): RunReplay {
  let updates = 0;
  let cursor: string | null = null;
  return async () => {
    do {
      const body: ReplayRequest = { ...request, ...(cursor === null ? {} : { cursor }) };
      const part: Replay = await askApi<Replay>('/api/updates/replay', { method: 'POST', body });
      updates += part.updates;
      cursor = part.next_cursor;
    } while (cursor !== null);
    return updates;
  };
}

/** `1 update`, `1,204 updates` */
export function updatesText(count: number): string {
  return `${formatCount(count)} update${count === 1 ? '' : 's'}`;
}
