import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { createReporter, type Reporter, type ReporterOptions } from './reporter.ts';
import { type StandInIngest, standInIngest } from './testing/stand-in-ingest.ts';

let ingest: StandInIngest;
let warnings: string[];
let reporter: Reporter;

const busy = (headers: Record<string, string> = {}) => new Response(null, { status: 503, headers });

function start(options: Partial<ReporterOptions> = {}): Reporter {
  reporter = createReporter({
    url: 'http://hookpulse.test/base/',
    token: 'report-token',
    fetch: ingest.fetch,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return reporter;
}

beforeEach(() => {
  jest.useFakeTimers({ now: Date.parse('2026-02-10T20:00:00.000Z') });
  ingest = standInIngest();
  warnings = [];
});
afterEach(async () => {
  jest.useRealTimers();
  ingest.answerWith(null);
  await reporter.close(0);
});

describe('batches', () => {
  test('the first event waits 200 ms for others', async () => {
    start();
    reporter.received({ update_id: 1, update_type: 'message' });
    await jest.advanceTimersByTimeAsync(199);
    reporter.processed({ update_id: 1, processing_time_ms: 41.5 });
    expect(ingest.requests).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(ingest.requests).toMatchObject([
      {
        token: 'Bearer report-token',
        events: [
          { event_type: 'received', update_id: 1, timestamp: '2026-02-10T20:00:00.000Z' },
          {
            event_type: 'processed',
            processing_time_ms: 41.5,
            timestamp: '2026-02-10T20:00:00.199Z',
          },
        ],
      },
    ]);
    expect(reporter.queued).toBe(0);
  });

  test('100 events are sent at once', async () => {
    start();
    for (let update_id = 0; update_id < 100; update_id += 1) reporter.received({ update_id });
    await jest.advanceTimersByTimeAsync(0);
    expect(ingest.requests.map(({ events }) => events.length)).toEqual([100]);
  });

  test('every kind has its type; what the caller says holds', async () => {
    start({ botId: 'alpha' });
    reporter.error({ update_id: 1, error_type: 'TypeError' });
    reporter.retry({ update_id: 1, event_id: 'a0000000-0000-4000-8000-000000000000' });
    reporter.responseSent({ response_time_ms: 3, bot_id: 'beta' });
    reporter.wrongSecret({ ip_address: '1.2.3.4' });
    await jest.advanceTimersByTimeAsync(200);
    expect(ingest.requests[0]?.events).toMatchObject([
      { event_type: 'error', bot_id: 'alpha', error_type: 'TypeError' },
      { event_type: 'retry', event_id: 'a0000000-0000-4000-8000-000000000000' },
      { event_type: 'response_sent', bot_id: 'beta' },
      {
        event_type: 'received',
        status: 'failed',
        error_type: 'InvalidSignature',
        telegram_signature_valid: false,
      },
    ]);
  });

  test('an update that Telegram delivers twice has one id, and none is shared otherwise', async () => {
    start();
    for (const update_id of [1, 1, 2]) reporter.received({ update_id });
    for (const update_id of [1, 1, 2]) reporter.processed({ update_id });
    await jest.advanceTimersByTimeAsync(200);
    expect(ingest.counted.size).toBe(2 + 3);
  });
});

describe('while Hookpulse is away', () => {
  test('reports wait, and count once even where only the answer was lost', async () => {
    start();
    ingest.answerWith('lost');
    for (let update_id = 0; update_id < 1_234; update_id += 1) reporter.processed({ update_id });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(reporter.queued).toBe(1_234);
    ingest.answerWith(null);
    await jest.advanceTimersByTimeAsync(31_000);
    expect(reporter.queued).toBe(0);
    const accepted = [...ingest.counted.values()].map(({ update_id }) => update_id);
    expect(accepted.toSorted((a, b) => Number(a) - Number(b))).toEqual([...Array(1_234).keys()]);
    expect([reporter.dropped, warnings]).toEqual([0, []]);
  });

  test('it is tried with growing delays up to half a minute', async () => {
    start();
    const times: number[] = [];
    ingest.answerWith(() => {
      times.push(Date.now());
      return busy();
    });
    reporter.processed({ update_id: 1 });
    await jest.advanceTimersByTimeAsync(200_000);
    const delays = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    for (const [at, delay] of delays.entries()) {
      const longest = Math.min(500 * 2 ** at, 30_000);
      expect(delay).toBeGreaterThanOrEqual(longest / 2 - 1);
      expect(delay).toBeLessThanOrEqual(longest + 1);
    }
    expect(delays.length).toBeGreaterThan(8);
  });

  test.each([
    ['seconds', '120'],
    ['a date', new Date(Date.parse('2026-02-10T20:02:00.200Z')).toUTCString()],
  ])('Retry-After is heeded, as %s', async (_form, value) => {
    start();
    ingest.answerWith(() => busy({ 'retry-after': value }));
    reporter.processed({ update_id: 1 });
    await jest.advanceTimersByTimeAsync(100_000);
    expect(ingest.requests.length).toBe(1);
    await jest.advanceTimersByTimeAsync(20_300);
    expect(ingest.requests.length).toBe(2);
  });

  test('Retry-After of 0 makes no loop without a pause', async () => {
    start();
    ingest.answerWith(() => busy({ 'retry-after': '0' }));
    reporter.processed({ update_id: 1 });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(ingest.requests.length).toBeLessThan(15);
  });

  test('what does not fit is dropped, counted and said once; outcomes have room of their own', async () => {
    start({ maxQueueBytes: 20_000 });
    ingest.answerWith(() => busy());
    for (let update_id = 0; update_id < 1_000; update_id += 1) reporter.received({ update_id });
    const received = reporter.queued;
    reporter.processed({ update_id: 0 });
    expect(reporter.queued).toBe(received + 1);
    for (let update_id = 1; update_id < 1_000; update_id += 1) reporter.processed({ update_id });
    expect(reporter.queued + reporter.dropped).toBe(2_000);
    expect(reporter.queued * 100).toBeLessThan(20_000);
    expect(warnings).toEqual([expect.stringContaining('the queue is full')]);
    const waiting = reporter.queued;
    ingest.answerWith(null);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(ingest.counted.size).toBe(waiting);
    reporter.received({ update_id: 5_000 });
    expect(reporter.queued).toBe(1);
  });
});

describe('what Hookpulse refuses', () => {
  test('a wrong token is said once, and the reports wait until it is right', async () => {
    start();
    ingest.answerWith(() => Response.json({ error: 'Wrong token.' }, { status: 401 }));
    reporter.processed({ update_id: 1 });
    await jest.advanceTimersByTimeAsync(60_000);
    expect(warnings).toEqual([expect.stringContaining('it answers 401 Wrong token.')]);
    ingest.answerWith(null);
    await jest.advanceTimersByTimeAsync(31_000);
    expect(ingest.counted.size).toBe(1);
  });

  test('rejected events are counted and said once, with the reason', async () => {
    start();
    ingest.answerWith(() =>
      Response.json({ accepted: 1, rejected: [{ index: 0, error: 'too old' }] }, { status: 202 }),
    );
    for (const update_id of [1, 2]) reporter.processed({ update_id });
    await jest.advanceTimersByTimeAsync(200);
    ingest.answerWith(() =>
      Response.json({ error: 'None.', details: [{ message: 'bad' }] }, { status: 400 }),
    );
    reporter.processed({ update_id: 3 });
    await jest.advanceTimersByTimeAsync(400);
    expect([reporter.queued, reporter.dropped]).toEqual([0, 2]);
    expect(warnings).toEqual([expect.stringContaining('too old')]);
  });

  test('events of another bot are given up, and the others arrive', async () => {
    start();
    ingest.answerWith(() => {
      const { events = [] } = ingest.requests.at(-1) ?? {};
      const details = events.flatMap(({ bot_id }, index) =>
        bot_id === 'other' ? [{ index, message: 'bot_id is not the bot of this token' }] : [],
      );
      if (details.length > 0) return Response.json({ error: 'None.', details }, { status: 403 });
      ingest.answerWith(null);
      return new Response(null, { status: 503 });
    });
    for (const update_id of [1, 2, 3, 4]) {
      reporter.processed({ update_id, ...(update_id % 2 === 0 && { bot_id: 'other' }) });
    }
    await jest.advanceTimersByTimeAsync(5_000);
    expect([...ingest.counted.values()].map(({ update_id }) => update_id)).toEqual([1, 3]);
    expect([reporter.queued, reporter.dropped]).toEqual([0, 2]);
    expect(warnings).toEqual([expect.stringContaining('not the bot of this token')]);
  });

  test('a batch that is too large is sent in parts', async () => {
    start();
    ingest.answerWith(() => {
      if ((ingest.requests.at(-1)?.events.length ?? 0) < 30) ingest.answerWith(null);
      return new Response(null, { status: 413 });
    });
    for (let update_id = 0; update_id < 100; update_id += 1) reporter.processed({ update_id });
    await jest.advanceTimersByTimeAsync(5_000);
    expect([ingest.counted.size, reporter.dropped]).toEqual([100, 0]);
  });

  test('a flood of wrong secrets is reported in part', () => {
    start();
    for (let at = 0; at < 1_000; at += 1) reporter.wrongSecret();
    expect([reporter.queued, reporter.dropped]).toEqual([60, 940]);
    jest.setSystemTime(Date.now() + 60_000);
    reporter.wrongSecret();
    expect(reporter.queued).toBe(61);
  });
});

describe('the bot', () => {
  test('sees no error, whatever it reports and whatever happens to it', async () => {
    const circular: Record<string, unknown> = {};
    circular.error_type = circular;
    start({
      warn: () => {
        throw new Error('no console');
      },
    });
    ingest.answerWith(() => {
      throw new Error('no network');
    });
    reporter.error(circular);
    reporter.processed({ update_id: 1, processing_time_ms: Number.NaN });
    expect([reporter.queued, reporter.dropped]).toEqual([1, 1]);
    await jest.advanceTimersByTimeAsync(1_000);
    ingest.answerWith(null);
    await jest.advanceTimersByTimeAsync(31_000);
    expect([...ingest.counted.values()]).toMatchObject([{ processing_time_ms: null }]);
  });

  test('learns of a wrong address or a missing token when it starts', () => {
    const create = (url: string, token: string) => () => createReporter({ url, token });
    expect(create('hooks.example.com', 'x')).toThrow(TypeError);
    expect(create('ftp://hooks.example.com', 'x')).toThrow('not ftp:');
    expect(create('http://hooks.example.com', '')).toThrow('token is missing');
    start();
  });
});

describe('the end', () => {
  test('flush sends everything at once, also after failures', async () => {
    start();
    ingest.answerWith(() => busy());
    for (let update_id = 0; update_id < 700; update_id += 1) reporter.processed({ update_id });
    expect(await reporter.flush()).toBe(false);
    ingest.answerWith(null);
    expect(await reporter.flush()).toBe(true);
    expect([ingest.counted.size, reporter.queued]).toEqual([700, 0]);
  });

  test('a flush that takes too long leaves no request behind, which would keep later ones waiting', async () => {
    start();
    ingest.answerWith(() => new Promise<Response>(() => undefined));
    reporter.processed({ update_id: 1 });
    const flushed = reporter.flush(5_000);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await flushed).toBe(false);
    ingest.answerWith(null);
    expect(await reporter.flush()).toBe(true);
    expect([ingest.counted.size, reporter.queued]).toEqual([1, 0]);
  });

  test('close sends what waits; later events are dropped', async () => {
    start();
    reporter.processed({ update_id: 1 });
    await reporter.close();
    reporter.processed({ update_id: 2 });
    expect([ingest.counted.size, reporter.dropped]).toEqual([1, 1]);
    expect(warnings).toEqual([expect.stringContaining('closed')]);
  });

  test('close gives up in time, and counts what is left', async () => {
    jest.useRealTimers();
    start();
    ingest.answerWith(() => new Promise<Response>(() => undefined));
    for (const update_id of [1, 2, 3]) reporter.processed({ update_id });
    await reporter.close(20);
    expect([reporter.queued, reporter.dropped]).toEqual([0, 3]);
    expect(warnings).toEqual([expect.stringContaining('3 events could not be sent')]);
  });
});
