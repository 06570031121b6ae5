/**
 * When the partitions of a group change their owners, as the broker tells it: a member that a slow machine keeps
 * from its heartbeats loses them at a time that no fault has set.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { KafkaByHand } from '../support/kafka-by-hand.ts';

const LOOK_EVERY_MS = 500;

/** @param onChange - told soon after each change  @returns ends the watch */
export async function watchOwners(
  broker: string,
  groupId: string,
  onChange: () => void,
): Promise<() => Promise<void>> {
  const byHand = await KafkaByHand.connect([broker]);
  const ending = new AbortController();
  const { signal } = ending;
  const watching = look();
  return async () => {
    ending.abort();
    await watching;
    await byHand.close();
  };

  async function look(): Promise<void> {
    let before: string | null = null;
    while (!signal.aborted) {
      // The broker is away at times.
      const now = await byHand.ownersOf(groupId).catch(() => before);
      if (before !== null && now !== before) onChange();
      before = now;
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
