/** A consumer handler that remembers what it was told, and whose answers a test may choose. */
import type {
  ConsumerHandler,
  LogBatch,
  LogMessage,
  LogPosition,
  TopicPartition,
} from '../event-log.ts';

export class RecordingHandler implements ConsumerHandler {
  readonly messages: LogMessage[] = [];
  readonly batches: LogBatch[] = [];
  /** Calls of `onAssigned`, answered or not. */
  readonly assignments: (readonly TopicPartition[])[] = [];
  /** Calls of `onRevoked`. */
  readonly revocations: (readonly TopicPartition[])[] = [];
  /** Partitions that this member holds now. */
  readonly held = new Set<number>();

  /** What `onAssigned` answers. */
  startAt: (partitions: readonly TopicPartition[]) => Promise<readonly LogPosition[]> =
    async () => [];
  /** Runs before a batch is recorded; a rejection is the handler's. */
  beforeBatch: (batch: LogBatch) => Promise<void> = async () => undefined;

  async onAssigned(partitions: readonly TopicPartition[]): Promise<readonly LogPosition[]> {
    this.assignments.push(partitions);
    const positions = await this.startAt(partitions);
    for (const { partition } of partitions) this.held.add(partition);
    return positions;
  }

  async onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.revocations.push(partitions);
    for (const { partition } of partitions) this.held.delete(partition);
  }

  async onBatch(batch: LogBatch): Promise<void> {
    await this.beforeBatch(batch);
    this.batches.push(batch);
    this.messages.push(...batch.messages);
  }

  /** Values of the recorded messages as text, in the order in which they came. */
  get values(): (string | null)[] {
    return this.messages.map(textOf);
  }
}

export function textOf(message: LogMessage): string | null {
  return message.value === null ? null : new TextDecoder().decode(message.value);
}
