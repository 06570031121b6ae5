/** The registered bots, for pages that name or offer them. */
import type { BotView } from '@hookpulse/api/bot-view';
import { useMemo } from 'preact/hooks';
import type { ApiError } from '../api/client.ts';
import { useResource } from '../api/resources.ts';
import { botsOfSharedNames } from './shared-names.ts';

const PATH = '/api/bots';
const REFRESH_MS = 60_000;
const NO_BOTS: readonly BotView[] = [];

export interface Bots {
  /** Empty until they are known. */
  readonly bots: readonly BotView[];
  /** By their ids. */
  readonly names: ReadonlyMap<string, string>;
  /** Ids of those whose name does not tell which bot it is. */
  readonly shared: ReadonlySet<string>;
  /** Why they are not known, or not as they are now; null: they are. */
  readonly error: ApiError | null;
}

/** @param isAsked - false: this viewer may not see them */
export function useBots(isAsked = true): Bots {
  const { data, error } = useResource<{ readonly bots: readonly BotView[] }>(
    isAsked ? PATH : null,
    {
      refreshMs: REFRESH_MS,
    },
  );
  const bots = data?.bots ?? NO_BOTS;
  const names = useMemo(() => new Map(bots.map(({ bot_id, name }) => [bot_id, name])), [bots]);
  const shared = useMemo(() => botsOfSharedNames(bots), [bots]);
  return { bots, names, shared, error };
}
