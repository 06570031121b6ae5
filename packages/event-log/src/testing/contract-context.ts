/** What the cases of the contract suite share: an open log, topics of their own, consumers. */
import { randomUUID } from 'node:crypto';
import type {
  Consumer,
  ConsumerOptions,
  EventLog,
  OutgoingMessage,
  TopicSpec,
} from '../event-log.ts';
import { RecordingHandler } from './recording-handler.ts';

/** How the suite gets at an adapter. */
export interface EventLogHarness {
  /** Opens the log; again after `close` of the one before, on what is stored. */
  open(): Promise<EventLog>;
  /** Deletes a topic with its messages, which the port cannot do. */
  deleteTopic(topic: string): Promise<void>;
  /** Frees what the harness itself holds, after the last log is closed. */
  close(): Promise<void>;
}

/** A consumer and what it was told. */
export interface Member {
  readonly consumer: Consumer;
  readonly handler: RecordingHandler;
}

export class ContractContext {
  #harness: EventLogHarness | null = null;
  #log: EventLog | null = null;
  readonly #consumers = new Set<Consumer>();

  async open(harness: EventLogHarness): Promise<void> {
    this.#harness = harness;
    this.#log = await harness.open();
  }

  get harness(): EventLogHarness {
    if (!this.#harness) throw new Error('The suite has not begun');
    return this.#harness;
  }

  get log(): EventLog {
    if (!this.#log) throw new Error('The suite has not begun');
    return this.#log;
  }

  /** Closes the log and opens it again, as a restart does. */
  async reopen(): Promise<void> {
    await this.log.close();
    this.#consumers.clear();
    this.#log = await this.harness.open();
  }

  async close(): Promise<void> {
    await this.#log?.close();
    await this.#harness?.close();
  }

  /** Creates a topic that no other test uses, and answers its name. */
  async createTopic(spec: Partial<Omit<TopicSpec, 'name'>> = {}): Promise<string> {
    const name = uniqueName('topic');
    await this.log.ensureTopics([{ name, partitions: 1, compacted: false, ...spec }]);
    return name;
  }

  /** Joins a group of its own unless another is named. */
  async join(
    topic: string,
    options: Partial<Omit<ConsumerOptions, 'handler' | 'topics'>> = {},
    handler: RecordingHandler = new RecordingHandler(),
  ): Promise<Member> {
    const groupId = options.groupId ?? uniqueName('group');
    const consumer = await this.log.consume({ ...options, groupId, topics: [topic], handler });
    this.#consumers.add(consumer);
    return { consumer, handler };
  }

  /** After each test, so that no consumer works on while the next test runs. */
  async closeConsumers(): Promise<void> {
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    this.#consumers.clear();
  }
}

export function uniqueName(prefix: string): string {
  return `${prefix}-${randomUUID()}`;
}

/** Messages with the values `0`, `1`, … under one key. */
export function numbered(topic: string, count: number, key = 'key'): OutgoingMessage[] {
  return Array.from({ length: count }, (_, index) => ({ topic, key, value: String(index) }));
}

/** The values that `numbered` gives. */
export function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}
