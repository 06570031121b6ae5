/** `consumeUpdates`: the updates of a bot for its workers, at least once, in order for each chat. */
import { consumeHttp, type HttpConsumerOptions } from './consume-http.ts';
import { consumeKafka, type KafkaConsumerOptions } from './consume-kafka.ts';
import type { HandlingOptions, TelegramUpdate } from './update-session.ts';

export interface ConsumerOptions<Update extends TelegramUpdate> extends HandlingOptions<Update> {
  /**
   * 1 to 64 of `A-Z a-z 0-9 . _ -`. Workers of the same group share the updates of the bot: one gets them at a
   * time, and another takes over. Each group gets all updates.
   */
  readonly group: string;
  /** Where a group begins that has no position yet. Default: `earliest` */
  readonly start?: 'earliest' | 'latest';
  /** Told why updates do not come. */
  warn(message: string): void;
}

export interface UpdateConsumer {
  /** How many updates this worker has that are not done. */
  readonly pending: number;
  /** Begins no handler any more, waits for those under way, and stores how far it has come. */
  close(): Promise<void>;
}

/** Either of Kafka, with the package `kafkajs`, or of the query API. */
export type ConsumeUpdatesOptions<Update extends TelegramUpdate = TelegramUpdate> =
  | Optional<KafkaConsumerOptions<Update>>
  | Optional<HttpConsumerOptions<Update>>;

/** @typeParam Options - of a consumer; `warn` may be left out */
type Optional<Options> = Omit<Options, 'warn'> & {
  /** Told why updates do not come. Default: `console.warn` */
  readonly warn?: (message: string) => void;
};

const BOT_ID = /^[A-Za-z0-9_-]{1,64}$/;
const GROUP = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Resolves when the worker has begun.
 * @throws TypeError when an option is wrong; an error when Kafka or Hookpulse refuses it
 */
export async function consumeUpdates<Update extends TelegramUpdate = TelegramUpdate>(
  options: ConsumeUpdatesOptions<Update>,
): Promise<UpdateConsumer> {
  const { botId, group, handler } = options;
  if (!BOT_ID.test(botId))
    throw new TypeError(`botId must be 1 to 64 of A-Z a-z 0-9 _ -: ${botId}`);
  if (!GROUP.test(group))
    throw new TypeError(`group must be 1 to 64 of A-Z a-z 0-9 . _ -: ${group}`);
  if (typeof handler !== 'function') throw new TypeError('handler must be a function');
  const warn = options.warn ?? warnOnConsole;
  return 'brokers' in options
    ? await consumeKafka({ ...options, warn })
    : await consumeHttp({ ...options, warn });
}

function warnOnConsole(message: string): void {
  // biome-ignore lint/suspicious/noConsole: The bot's program has no other log that is known here.
  console.warn(`hookpulse: ${message}`);
}
