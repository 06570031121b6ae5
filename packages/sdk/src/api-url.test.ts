import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { consumeUpdates } from './consumer.ts';
import { createReporter } from './reporter.ts';

const fetch = jest.fn<typeof globalThis.fetch>();
const warn = jest.fn();

afterEach(() => {
  expect(fetch).not.toHaveBeenCalled();
  expect(warn).not.toHaveBeenCalled();
});

/** What each of them says about the URL. */
async function refusalsOf(url: string): Promise<readonly unknown[]> {
  const consumer = { botId: 'a', group: 'g', handler: () => undefined };
  const outcomes = await Promise.allSettled([
    (async () => createReporter({ url, token: 't', fetch, warn }))(),
    consumeUpdates({ ...consumer, url, token: 't', fetch, warn }),
  ]);
  return outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : outcome));
}

describe.each([
  ['user name and password', 'https://ops:s3cret@hooks.example.com'],
  ['a user name', 'https://s3cret@hooks.example.com'],
  ['a password that looks like host, path and fragment', 'https://ops:Tr@vel/s3cret#y@hooks.test'],
  ['a password that looks like port and path', 'https://ops:12/s3cret@hooks.example.com'],
  ['a password that looks like port and query', 'https://ops:12?s3cret@hooks.example.com'],
  ['a password that looks like a port', 'https://ops:s3cret#y@hooks.example.com'],
  ['a password, without the protocol', 's3cret:@hooks.example.com'],
  ['a query', 'https://hooks.example.com/?key=s3cret'],
  ['a fragment', 'https://hooks.example.com/#s3cret'],
  ['no protocol', '//hooks.example.com/s3cret'],
  ['another protocol', 'ftp://hooks.example.com/s3cret'],
  ['a port that is no number', 'https://hooks.example.com:s3cret'],
  ['a host with a space', 'https://hooks s3cret'],
])('a URL with %s', (_what, url) => {
  test('is refused at once and not quoted', async () => {
    const refusals = await refusalsOf(url);
    expect(refusals).toEqual([expect.any(TypeError), expect.any(TypeError)]);
    expect(refusals.map(String).join()).not.toMatch(/s3cret/);
    expect(String(refusals[0])).toMatch(/^TypeError: url must/);
    expect(String(refusals[1])).toBe(String(refusals[0]));
  });
});
