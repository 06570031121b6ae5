/**
 * Waits until nothing of a bot is left to be forwarded, so that what Telegram delivers directly cannot
 * overtake it. Once little is left, ingest takes no more of the bot: Telegram keeps its updates, and
 * delivers them after the change, in their order.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isHeld } from '@hookpulse/common/bots/adoption';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog, PartitionRange } from '@hookpulse/event-log/event-log';
import { FORWARDER_GROUP, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { conflict } from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { ForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import { isForwardingOpen } from '@hookpulse/topic-tables/forwarding/open-forwarding';

export interface BacklogDeps {
  readonly registry: Pick<BotRegistry, 'get' | 'put'>;
  readonly log: EventLog;
  readonly forwarding: Pick<ForwardingStatuses, 'get'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** One change of a bot after the other. */
  changing<T>(task: () => Promise<T>): Promise<T>;
}

/** A request waits so long, which is enough where little is left; its caller repeats it as long as it likes. */
const PATIENCE_MS = 8_000;
const INTERVAL_MS = 250;
/** Telegram is held back only for what is forwarded within moments. */
const MAX_HELD_BACKLOG = 200;
/** Longer than between two requests of a caller that goes on. */
const HOLD_MS = 15_000;
/** A change reaches every service within two seconds (contract, section 6); then the log takes what is in ingest. */
const HOLD_SETTLE_MS = 3_000;

/** @returns whether nothing is left  @throws HttpError 409 when forwarding is paused and something is */
export async function awaitBacklog(botId: string, deps: BacklogDeps): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MS;
  let ends: readonly PartitionRange[] | null = null;
  for (;;) {
    const left = backlogOf(botId, deps);
    if (left > 0 && deps.registry.get(botId)?.forward?.paused)
      throw conflict(pausedSentence(botId, left));
    if (left <= MAX_HELD_BACKLOG) {
      const heldForMs = await hold(botId, deps);
      if (heldForMs >= HOLD_SETTLE_MS) {
        ends ??= await deps.log.ranges(UPDATES_TOPIC);
        if (left === 0 && (await isForwarded(botId, ends, deps))) return true;
      }
    }
    if (performance.now() > deadline) return false;
    await delay(INTERVAL_MS);
  }
}

/** Updates that wait, as the forwarder has told last. */
export function backlogOf(botId: string, { forwarding }: Pick<BacklogDeps, 'forwarding'>): number {
  return forwarding.get(botId)?.backlog ?? 0;
}

function pausedSentence(botId: string, left: number): string {
  const what = left === 1 ? '1 update waits' : `${left} updates wait`;
  return `Forwarding to ${botId} is paused, and ${what}. Resume it first, or release the bot without waiting (--no-wait); then Telegram's updates overtake them.`;
}

/** Begins or prolongs it. @returns for how long it has been in force, milliseconds */
function hold(botId: string, { registry, clock, changing }: BacklogDeps): Promise<number> {
  return changing(async () => {
    const nowMs = clock.now();
    const bot = registry.get(botId);
    if (!bot?.adoption) return HOLD_SETTLE_MS;
    const { hold: known } = bot.adoption;
    const isInForce = known !== undefined && isHeld(bot.adoption, nowMs);
    const isLong = isInForce && Date.parse(known.until) - nowMs > HOLD_MS / 2;
    const since = isInForce ? known.since : iso(nowMs);
    if (!isLong) {
      const held = { ...bot.adoption, hold: { since, until: iso(nowMs + HOLD_MS) } };
      await registry.put({ ...bot, adoption: held });
    }
    return nowMs - Date.parse(since);
  });
}

/**
 * The forwarder commits past an update that is not done only after it has put an open position of its
 * bot on the log. So this is the order to look in.
 */
async function isForwarded(
  botId: string,
  ends: readonly PartitionRange[],
  { log, logger }: BacklogDeps,
): Promise<boolean> {
  const committed = await log.committed(FORWARDER_GROUP, UPDATES_TOPIC);
  const isPassed = ends.every(({ partition, startOffset, endOffset }) => {
    const offset = committed.find((one) => one.partition === partition)?.offset ?? startOffset;
    return offset >= endOffset;
  });
  return isPassed && !(await isForwardingOpen(botId, { log, logger }));
}
