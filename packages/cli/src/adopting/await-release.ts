/** Asks for a release until nothing of the bot is left at Hookpulse, and says how much still is. */
import { type Release, ReleaseSchema } from '@hookpulse/api/adoption';
import type { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';
import { quantity } from '../output/quantity.ts';
import type { Terminal } from '../terminal.ts';

/**
 * May be cut off at any time: Telegram goes on delivering to Hookpulse then.
 * @param waitMs - 0: it does not wait  @throws CommandError when something is left after that time
 */
export async function awaitRelease(
  path: string,
  api: QueryApi,
  waitMs: number,
  terminal: Terminal,
): Promise<Release> {
  const deadline = performance.now() + waitMs;
  let told = -1;
  for (;;) {
    const released = await api.post(path, waitMs === 0 ? { wait: false } : {}, ReleaseSchema);
    const { outcome, backlog, bot_id: botId } = released;
    if (outcome !== 'waiting') return released;
    if (backlog !== told) terminal.warn(progressLine(backlog));
    told = backlog;
    if (performance.now() > deadline) throw new CommandError(sentence(botId, backlog));
  }
}

function progressLine(backlog: number): string {
  return backlog === 0
    ? '… waiting until what ingest has accepted is forwarded'
    : `… waiting: ${quantity(backlog, 'update')} left to be forwarded`;
}

function sentence(botId: string, backlog: number): string {
  const left =
    backlog === 0 ? 'Not everything' : `Not everything (${quantity(backlog, 'update')} left)`;
  return `${left} that ingest has accepted for ${botId} is forwarded yet, so nothing was changed: Telegram still delivers to Hookpulse. Does the bot answer, and does the forwarder run? Wait longer (--wait <minutes>), or release at once (--no-wait); then Telegram's updates overtake those that are left.`;
}
