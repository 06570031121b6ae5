/** Where a member starts to read partitions that it was given. */
import type { LogPosition, TopicPartition } from '../event-log.ts';
import type { TopicAdmin } from './topic-admin.ts';

export class StartPositions {
  readonly #groupId: string;
  readonly #admin: TopicAdmin;

  constructor(groupId: string, admin: TopicAdmin) {
    this.#groupId = groupId;
    this.#admin = admin;
  }

  /**
   * The position chosen by the handler, else the committed one, else the first one held; what lies
   * outside of what is held becomes the first one held.
   */
  async resolve(
    places: readonly TopicPartition[],
    chosen: readonly LogPosition[],
  ): Promise<LogPosition[]> {
    const positions: LogPosition[] = [];
    for (const [topic, ofTopic] of Map.groupBy(places, (place) => place.topic)) {
      const committed = await this.#admin.committed(this.#groupId, topic);
      const ranges = await this.#admin.ranges(topic);
      for (const { partition } of ofTopic) {
        const isHere = (place: TopicPartition) =>
          place.topic === topic && place.partition === partition;
        const range = ranges.find(isHere);
        const wanted = (chosen.find(isHere) ?? committed.find(isHere))?.offset;
        const isHeld =
          range && wanted !== undefined && wanted >= range.startOffset && wanted <= range.endOffset;
        const offset = isHeld ? wanted : (range?.startOffset ?? 0n);
        positions.push({ topic, partition, offset });
      }
    }
    return positions;
  }
}
