import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { describe, expect, test } from '@jest/globals';
import type { TrustProxy } from '../config/address-formats.ts';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { clientAddress, clientKey } from './client-address.ts';
import { createHttpApp } from './create-http-app.ts';

/** What a route sees of a request that came from `peer` with this header. */
async function seen(trustProxy: TrustProxy, peer: string, forwardedFor?: string) {
  const app = createHttpApp({
    logger: silentLogger,
    readinessChecks: [],
    metrics: createServiceMetrics('test'),
    trustProxy,
  });
  app.get('/', (request) => ({ address: clientAddress(request), key: clientKey(request) }));
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  const answer = await app.inject({ url: '/', remoteAddress: peer, headers });
  await app.close();
  return answer.json();
}

const PROXIES = ['127.0.0.1', '10.0.0.0/8', '2001:db8:ffff::/48', '::ffff:192.0.2.1'];

describe('the address of a client', () => {
  test.each<[TrustProxy, string, string | undefined, string | null]>([
    [false, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    [false, '::ffff:203.0.113.9', undefined, '203.0.113.9'],
    [false, 'fe80::1%eth0', undefined, 'fe80::1'],
    [true, '203.0.113.9', '198.51.100.1:4711, 10.0.0.6', '198.51.100.1'],
    // A list: also where a proxy is named with its port or in another form.
    [PROXIES, '127.0.0.1', '198.51.100.1:51008', '198.51.100.1'],
    [PROXIES, '127.0.0.1', '6.6.6.6, 198.51.100.1:51008, 10.0.0.6', '198.51.100.1'],
    [PROXIES, '::ffff:127.0.0.1', '198.51.100.1, 10.0.0.6:443', '198.51.100.1'],
    [PROXIES, '::ffff:10.1.2.3', '[2001:DB8::1]:443', '2001:db8::1'],
    [PROXIES, '192.0.2.1', '[2001:DB8:FFFF::5]:80, ::FFFF:10.0.0.6', '2001:db8:ffff::5'],
    [PROXIES, '203.0.113.9', '198.51.100.1', '203.0.113.9'],
    [PROXIES, '127.0.0.1', '198.51.100.1, garbage', null],
    // Hops: only what the outermost trusted proxy wrote is believed.
    [1, '127.0.0.1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    [2, '127.0.0.1', '6.6.6.6, 198.51.100.1:80, 10.0.0.6:443', '198.51.100.1'],
    [2, '127.0.0.1', '198.51.100.1', '198.51.100.1'],
    [3, '127.0.0.1', undefined, '127.0.0.1'],
  ])('with %j from %s, forwarded for %s, is %s', async (trusted, peer, header, expected) => {
    expect((await seen(trusted, peer, header)).address).toBe(expected);
  });

  test.each([
    ['203.0.113.7:1', '203.0.113.7'],
    ['203.0.113.7:2', '203.0.113.7'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
    ['[2001:db8:1:2::6]:99', '2001:db8:1:2'],
    ['2001:DB8:1:2:ABCD::', '2001:db8:1:2'],
    ['garbage-1', 'none'],
    ['garbage-2', 'none'],
  ])('%s counts as %s', async (header, key) => {
    expect((await seen(true, '127.0.0.1', header)).key).toBe(key);
  });
});
