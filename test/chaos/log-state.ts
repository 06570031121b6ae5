/** What the log itself holds at the end of a run, read as any stream consumer would. */
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';

/** By bot: how many different updates are on `telegram.updates`. */
export async function countUpdates(log: EventLog): Promise<Map<string, number>> {
  const seen = new Map<string, Set<number>>();
  const follower = await log.follow({
    topic: UPDATES_TOPIC,
    onMessage({ key, value }) {
      if (key === null || value === null) return;
      const updateId = updateIdOf(value);
      if (updateId === undefined) return;
      const updates = seen.get(key) ?? new Set();
      seen.set(key, updates.add(updateId));
    },
  });
  await follower.caughtUp;
  await follower.close();
  return new Map([...seen].map(([botId, updates]) => [botId, updates.size]));
}

/** Undefined: of another program. */
function updateIdOf(value: Uint8Array): number | undefined {
  const message = JSON.parse(Buffer.from(value).toString()) as { update?: { update_id: number } };
  return message.update?.update_id;
}

/** How many messages the group has not committed yet. */
export async function uncommitted(log: EventLog, groupId: string): Promise<bigint> {
  const committed = await log.committed(groupId, EVENTS_TOPIC);
  const ranges = await log.ranges(EVENTS_TOPIC);
  return ranges.reduce((sum, { partition, startOffset, endOffset }) => {
    const position = committed.find((one) => one.partition === partition)?.offset ?? startOffset;
    return sum + (endOffset - position);
  }, 0n);
}
