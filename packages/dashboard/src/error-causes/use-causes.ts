/** What most failures of each bot come down to now. */
import type { LeadingCauses } from '@hookpulse/api/error-groups';
import { useMemo } from 'preact/hooks';
import { useResource } from '../api/resources.ts';
import { useSession } from '../api/session.tsx';

export type BotCause = LeadingCauses['causes'][number];

const PATH = '/api/errors/leading';
const REFRESH_MS = 10_000;
const NONE: ReadonlyMap<string, BotCause> = new Map();

/** By bot; messages of errors are for those who signed in. @param botId - null: of all */
export function useCauses(botId: string | null = null): ReadonlyMap<string, BotCause> {
  const { reads } = useSession();
  const path = botId === null ? PATH : `${PATH}?${new URLSearchParams({ bot_id: botId })}`;
  const { data } = useResource<LeadingCauses>(reads ? path : null, { refreshMs: REFRESH_MS });
  return useMemo(
    () => (data ? new Map(data.causes.map((cause) => [cause.bot_id, cause])) : NONE),
    [data],
  );
}
