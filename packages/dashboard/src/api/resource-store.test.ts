import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { ApiError } from './client.ts';
import { createResourceStore, type ResourceStore } from './resource-store.ts';

const PATH = '/api/things';
const nothing = () => undefined;

let asked: string[];
let answer: () => Promise<unknown>;
let store: ResourceStore;

beforeEach(() => {
  jest.useFakeTimers({ now: 0 });
  asked = [];
  answer = async () => `answer ${asked.length}`;
  store = createResourceStore(async (path) => {
    asked.push(path);
    return { data: await answer(), etag: null };
  });
});
afterEach(() => {
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const fails = (statusCode: number | null) => async () => {
  throw new ApiError('It failed.', { statusCode });
};

describe('a path that is looked at', () => {
  test('is asked for at once, and again every so often, by the most frequent who looks', async () => {
    store.watch(PATH, 10_000, nothing);
    store.watch(PATH, 4_000, nothing);
    await pass(0);
    expect(store.read(PATH)).toMatchObject({ data: 'answer 1', answeredAtMs: 0, isLoading: false });
    await pass(3_999);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  test('is asked for no more when nobody looks, and shown at once to who comes back', async () => {
    const leave = store.watch(PATH, 5_000, nothing);
    await pass(0);
    leave();
    await pass(4_000);
    store.watch(PATH, 5_000, nothing);
    expect(store.read(PATH).data).toBe('answer 1');
    await pass(999);
    expect(asked).toHaveLength(1);
    await pass(1);
    expect(asked).toHaveLength(2);
  });

  test('is shown no more when the API says that it is not there, and stays where something else says so', async () => {
    store.watch(PATH, 5_000, nothing);
    await pass(0);
    answer = fails(null);
    await pass(5_000);
    expect(store.read(PATH)).toMatchObject({ data: 'answer 1', error: { statusCode: null } });
    answer = fails(404);
    await pass(5_000);
    expect(store.read(PATH)).toMatchObject({ data: null, error: { statusCode: 404 } });
    await pass(600_000);
    expect(asked).toHaveLength(3);
  });

  test('is asked for in time also when the clock was set back', async () => {
    const leave = store.watch(PATH, 5_000, nothing);
    await pass(0);
    leave();
    jest.setSystemTime(-3_600_000);
    store.watch(PATH, 5_000, nothing);
    await pass(5_000);
    expect(asked).toHaveLength(2);
  });

  test('is asked for no more when what it tells of was deleted', async () => {
    store.watch(PATH, 5_000, nothing);
    await pass(0);
    store.forget(PATH);
    store.refresh();
    await pass(60_000);
    expect(asked).toHaveLength(1);
  });

  test('who leaves before the answer, and comes back, is answered', async () => {
    store.watch(PATH, null, nothing)();
    store.watch(PATH, null, nothing);
    await pass(0);
    expect(asked).toHaveLength(2);
    expect(store.read(PATH)).toMatchObject({ data: 'answer 2', isLoading: false });
  });

  test('keeps what was answered while it is asked for, and when that fails', async () => {
    store.watch(PATH, 5_000, nothing);
    await pass(0);
    answer = fails(503);
    await pass(5_000);
    expect(store.read(PATH)).toMatchObject({ data: 'answer 1', error: { message: 'It failed.' } });
    answer = async () => 'better';
    await pass(5_000);
    expect(store.read(PATH)).toMatchObject({ data: 'better', error: null });
  });

  test('that fails is asked for ever more rarely', async () => {
    answer = fails(null);
    store.watch(PATH, 5_000, nothing);
    await pass(5_000 + 10_000 + 20_000 + 40_000);
    expect(asked).toHaveLength(5);
    await pass(60_000);
    expect(asked).toHaveLength(6);
  });

  test.each([400, 401, 404])(
    'that is refused with %i is not asked for again',
    async (statusCode) => {
      answer = fails(statusCode);
      store.watch(PATH, 5_000, nothing);
      await pass(60_000);
      expect(asked).toHaveLength(1);
      store.refresh('/api/');
      await pass(0);
      expect(asked).toHaveLength(2);
    },
  );
});

test('nothing is asked for while the page is hidden, and what is old at once afterwards', async () => {
  store.watch(PATH, 5_000, nothing);
  await pass(0);
  store.setPaused(true);
  await pass(60_000);
  expect(asked).toHaveLength(1);
  store.setPaused(false);
  await pass(0);
  expect(asked).toHaveLength(2);
});

test('another user sees nothing of what the one before has seen', async () => {
  const seen: unknown[] = [];
  store.watch(PATH, null, () => seen.push(store.read(PATH).data));
  await pass(0);
  store.clear();
  expect(store.read(PATH).data).toBeNull();
  await pass(0);
  expect(store.read(PATH).data).toBe('answer 2');
});
