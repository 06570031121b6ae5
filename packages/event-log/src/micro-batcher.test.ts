import { describe, expect, test } from '@jest/globals';
import { LogUnavailableError, MessageTooLargeError, type OutgoingMessage } from './event-log.ts';
import { MicroBatcher, QueueFullError } from './micro-batcher.ts';

/** A log whose publishes stay under way until the test settles them. */
class ManualLog {
  readonly publishes: { messages: readonly OutgoingMessage[]; done: PromiseWithResolvers<void> }[] =
    [];
  #arrived = Promise.withResolvers<void>();

  publish(messages: readonly OutgoingMessage[]): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.publishes.push({ messages, done });
    this.#arrived.resolve();
    this.#arrived = Promise.withResolvers();
    return done.promise;
  }

  /** The publish with this index, once it has arrived. */
  async publishAt(index: number): Promise<(typeof this.publishes)[number]> {
    for (;;) {
      const found = this.publishes[index];
      if (found) return found;
      await this.#arrived.promise;
    }
  }
}

function message(value: string): OutgoingMessage {
  return { topic: 'topic', key: 'key', value };
}

function valuesOf(publish: { messages: readonly OutgoingMessage[] }): unknown[] {
  return publish.messages.map(({ value }) => value);
}

/** Longer than any test: the timer never decides one that is not about it. */
const NEVER_MS = 1_000_000;

describe('MicroBatcher', () => {
  test('sends what one turn of the event loop brought as one publish', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { flushIntervalMs: NEVER_MS });
    const acknowledged = Promise.all([
      batcher.publish([message('a'), message('b')]),
      batcher.publish([message('c')]),
    ]);
    const publish = await log.publishAt(0);
    expect(valuesOf(publish)).toEqual(['a', 'b', 'c']);
    publish.done.resolve();
    await acknowledged;
    expect(log.publishes).toHaveLength(1);
  });

  test('starts within a turn once enough wait, and what comes after it gathers', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { earlyFlushMessages: 2, flushIntervalMs: NEVER_MS });
    const all = ['a', 'b', 'c', 'd'].map((value) => batcher.publish([message(value)]));
    // Before the turn has ended.
    expect(log.publishes.map(valuesOf)).toEqual([['a', 'b']]);
    log.publishes[0]?.done.resolve();
    const next = await log.publishAt(1);
    expect(valuesOf(next)).toEqual(['c', 'd']);
    next.done.resolve();
    await Promise.all(all);
  });

  test('gathers behind a publish under way, and sends when that is done', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { flushIntervalMs: NEVER_MS });
    const first = batcher.publish([message('a')]);
    const underWay = await log.publishAt(0);
    const others = Promise.all([batcher.publish([message('b')]), batcher.publish([message('c')])]);
    underWay.done.resolve();
    await first;
    const next = await log.publishAt(1);
    expect(valuesOf(next)).toEqual(['b', 'c']);
    next.done.resolve();
    await others;
  });

  test('does not wait longer than the flush interval behind a publish under way', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { flushIntervalMs: 1 });
    const first = batcher.publish([message('a')]);
    const underWay = await log.publishAt(0);
    const second = batcher.publish([message('b')]);
    const next = await log.publishAt(1);
    next.done.resolve();
    await second;
    underWay.done.resolve();
    await first;
  });

  test('sends a full batch at once, by messages and by bytes', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, {
      flushIntervalMs: NEVER_MS,
      maxBatchMessages: 2,
      maxBatchBytes: 100,
    });
    const all = [batcher.publish([message('a')])];
    const underWay = await log.publishAt(0);
    all.push(batcher.publish([message('b')]), batcher.publish([message('c')]));
    const byMessages = await log.publishAt(1);
    expect(valuesOf(byMessages)).toEqual(['b', 'c']);
    all.push(batcher.publish([message('x'.repeat(100))]));
    const byBytes = await log.publishAt(2);
    for (const { done } of [underWay, byMessages, byBytes]) done.resolve();
    await Promise.all(all);
  });

  test('keeps the messages of one caller together, even above the size of a batch', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { maxBatchMessages: 2 });
    const all = Promise.all([
      batcher.publish([message('a')]),
      batcher.publish([message('b'), message('c'), message('d')]),
    ]);
    const first = await log.publishAt(0);
    expect(valuesOf(first)).toEqual(['a']);
    const second = await log.publishAt(1);
    expect(valuesOf(second)).toEqual(['b', 'c', 'd']);
    first.done.resolve();
    second.done.resolve();
    await all;
  });

  test('has no more publishes under way than the bound', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { maxInFlight: 2, maxBatchMessages: 1 });
    const all = Promise.all(['a', 'b', 'c'].map((value) => batcher.publish([message(value)])));
    const first = await log.publishAt(0);
    const second = await log.publishAt(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log.publishes).toHaveLength(2);
    first.done.resolve();
    const third = await log.publishAt(2);
    second.done.resolve();
    third.done.resolve();
    await all;
  });

  test.each([
    { bound: 'messages', options: { maxQueuedMessages: 1 } },
    { bound: 'bytes', options: { maxQueuedBytes: 2 } },
  ])('refuses at once above the bound of $bound, until there is room', async ({ options }) => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, options);
    const taken = batcher.publish([message('ab')]);
    await expect(batcher.publish([message('c')])).rejects.toThrow(QueueFullError);
    expect(batcher.queuedMessages).toBe(1);
    expect(batcher.queuedBytes).toBe(2);
    (await log.publishAt(0)).done.resolve();
    await taken;
    expect(batcher.queuedMessages).toBe(0);
    expect(batcher.queuedBytes).toBe(0);
    const again = batcher.publish([message('c')]);
    (await log.publishAt(1)).done.resolve();
    await again;
  });

  test('tells every caller of a publish that the log is unavailable, and frees the queue', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log);
    const results = Promise.allSettled([
      batcher.publish([message('a')]),
      batcher.publish([message('b')]),
    ]);
    const error = new LogUnavailableError('away');
    (await log.publishAt(0)).done.reject(error);
    expect(await results).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(batcher.queuedMessages).toBe(0);
  });

  test('fails what waits behind a publish that the log does not take', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { maxInFlight: 1 });
    const first = batcher.publish([message('a')]);
    const underWay = await log.publishAt(0);
    const others = [batcher.publish([message('b')]), batcher.publish([message('c')])];
    underWay.done.reject(new LogUnavailableError('down'));
    await expect(first).rejects.toThrow(LogUnavailableError);
    for (const other of others) await expect(other).rejects.toThrow(LogUnavailableError);
    expect([batcher.queuedMessages, batcher.queuedBytes]).toEqual([0, 0]);
    const next = batcher.publish([message('d')]);
    const nextPublish = await log.publishAt(1);
    expect(valuesOf(nextPublish)).toEqual(['d']);
    nextPublish.done.resolve();
    await next;
  });

  test('tries a log that is away with one publish at a time, until it is back', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log);
    const first = batcher.publish([message('a')]);
    (await log.publishAt(0)).done.reject(new LogUnavailableError('down'));
    await expect(first).rejects.toThrow(LogUnavailableError);

    const trial = batcher.publish([message('b')]);
    await expect(batcher.publish([message('c')])).rejects.toThrow(LogUnavailableError);
    const underWay = await log.publishAt(1);
    await expect(batcher.publish([message('d')])).rejects.toThrow(LogUnavailableError);
    underWay.done.resolve();
    await trial;

    const others = Promise.all([batcher.publish([message('e')]), batcher.publish([message('f')])]);
    const back = await log.publishAt(2);
    expect(valuesOf(back)).toEqual(['e', 'f']);
    back.done.resolve();
    await others;
  });

  test('fails only the caller whose message the log refuses', async () => {
    const log = {
      publish: (messages: readonly OutgoingMessage[]) =>
        messages.some(({ value }) => value === 'too large')
          ? Promise.reject(new MessageTooLargeError('too large'))
          : Promise.resolve(),
    };
    const batcher = new MicroBatcher(log);
    const good = batcher.publish([message('good')]);
    const bad = batcher.publish([message('too large')]);
    await expect(bad).rejects.toThrow(MessageTooLargeError);
    await expect(good).resolves.toBeUndefined();
  });

  test('sends nothing again of a publish that the log took but for what it names', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log);
    const tooLarge = message('too large');
    const good = batcher.publish([message('a')]);
    const bad = batcher.publish([message('b'), tooLarge]);
    const alsoGood = batcher.publish([message('c')]);
    const error = new MessageTooLargeError('too large', { refused: [tooLarge] });
    (await log.publishAt(0)).done.reject(error);
    expect(await Promise.allSettled([good, bad, alsoGood])).toEqual([
      { status: 'fulfilled' },
      { status: 'rejected', reason: error },
      { status: 'fulfilled' },
    ]);
    expect(log.publishes).toHaveLength(1);
    expect([batcher.queuedMessages, batcher.queuedBytes]).toEqual([0, 0]);
  });

  test('closing drains what was taken and refuses more', async () => {
    const log = new ManualLog();
    const batcher = new MicroBatcher(log, { flushIntervalMs: NEVER_MS, maxBatchMessages: 1 });
    const taken = Promise.all([batcher.publish([message('a')]), batcher.publish([message('b')])]);
    let isClosed = false;
    const closed = batcher.close().then(() => {
      isClosed = true;
    });
    await expect(batcher.publish([message('c')])).rejects.toThrow(LogUnavailableError);
    (await log.publishAt(0)).done.resolve();
    const second = await log.publishAt(1);
    expect(isClosed).toBe(false);
    second.done.resolve();
    await Promise.all([taken, closed]);
  });
});
