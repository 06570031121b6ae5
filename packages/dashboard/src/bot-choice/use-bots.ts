/** The registered bots, for pages that name or offer them. */
import type { BotView } from '@hookpulse/query-api/domain/bot-view';
import { useMemo } from 'preact/hooks';
import { useResource } from '../api/resources.ts';

const REFRESH_MS = 60_000;
const NO_BOTS: readonly BotView[] = [];

export interface Bots {
  /** Empty until they are known. */
  readonly bots: readonly BotView[];
  /** By their ids. */
  readonly names: ReadonlyMap<string, string>;
}

export function useBots(): Bots {
  const { data } = useResource<{ readonly bots: readonly BotView[] }>('/api/bots', {
    refreshMs: REFRESH_MS,
  });
  const bots = data?.bots ?? NO_BOTS;
  const names = useMemo(() => new Map(bots.map(({ bot_id, name }) => [bot_id, name])), [bots]);
  return { bots, names };
}
