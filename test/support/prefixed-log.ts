/**
 * A log whose topics and groups have a prefix on the broker and their own names here, so that every
 * test has topics of its own on a broker that it shares with others.
 */
import type {
  ConsumerHandler,
  EventLog,
  LogMessage,
  LogPosition,
  TopicPartition,
} from '@hookpulse/event-log/event-log';

/** Closing it closes the log beneath. */
export function prefixedLog(log: EventLog, prefix: string): EventLog {
  const outer = (name: string) => `${prefix}${name}`;
  const toOuter = <Place extends { readonly topic: string }>(place: Place): Place => ({
    ...place,
    topic: outer(place.topic),
  });
  const toInner = <Place extends { readonly topic: string }>(place: Place): Place => ({
    ...place,
    topic: place.topic.slice(prefix.length),
  });
  // `headers` is a getter of the message's class: a spread copy lacks it.
  const toInnerMessage = (message: LogMessage): LogMessage => ({
    ...toInner(message),
    headers: message.headers,
  });

  return {
    ensureTopics: (specs) =>
      log.ensureTopics(specs.map((one) => ({ ...one, name: outer(one.name) }))),
    publish: (messages) => log.publish(messages.map(toOuter)),
    async consume(options) {
      const consumer = await log.consume({
        ...options,
        groupId: outer(options.groupId),
        topics: options.topics.map(outer),
        handler: innerHandler(options.handler),
      });
      return {
        get isMember() {
          return consumer.isMember;
        },
        commit: (positions) => consumer.commit(positions.map(toOuter)),
        seek: (position) => consumer.seek(toOuter(position)),
        pause: (partitions) => consumer.pause(partitions.map(toOuter)),
        resume: (partitions) => consumer.resume(partitions.map(toOuter)),
        lag: async () => (await consumer.lag()).map(toInner),
        close: () => consumer.close(),
      };
    },
    follow: ({ topic, from, onMessage, onReached }) =>
      log.follow({
        topic: outer(topic),
        ...(from ? { from: from.map(toOuter) } : {}),
        onMessage: (message) => onMessage(toInnerMessage(message)),
        ...(onReached ? { onReached: (position) => onReached(toInner(position)) } : {}),
      }),
    ranges: async (topic) => (await log.ranges(outer(topic))).map(toInner),
    offsetsAt: async (topic, timestampMs) =>
      (await log.offsetsAt(outer(topic), timestampMs)).map(toInner),
    committed: async (groupId, topic) =>
      (await log.committed(outer(groupId), outer(topic))).map(toInner),
    partitionFor: (topic, key) => log.partitionFor(outer(topic), key),
    ping: () => log.ping(),
    purge: () => log.purge(),
    close: () => log.close(),
  };

  function innerHandler(handler: ConsumerHandler): ConsumerHandler {
    return {
      onAssigned: async (partitions: readonly TopicPartition[]): Promise<LogPosition[]> =>
        (await handler.onAssigned(partitions.map(toInner))).map(toOuter),
      onRevoked: (partitions) => handler.onRevoked(partitions.map(toInner)),
      onBatch: (batch) =>
        handler.onBatch({ ...toInner(batch), messages: batch.messages.map(toInnerMessage) }),
    };
  }
}
