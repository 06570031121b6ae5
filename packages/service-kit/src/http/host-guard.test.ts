import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from '@jest/globals';
import {
  createHostGuard,
  createPublicHostGuard,
  type HostGuard,
  HostRefusedError,
} from './host-guard.ts';

/** A name server that says for every name what it is asked to. */
function guardOf(allowed: readonly string[], addresses: readonly string[] = []): HostGuard {
  const found = addresses.map(
    (address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }),
  );
  return createHostGuard(allowed, (_, __, callback) => callback(null, found));
}

function lookUp(guard: HostGuard, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    guard.lookup(name, {}, (error, address) => (error ? reject(error) : resolve(address)));
  });
}

const REFUSED = [
  '169.254.169.254',
  '169.254.0.1',
  'fe80::1',
  '::ffff:169.254.169.254',
  '::ffff:a9fe:a9fe',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::a9fe:a9fe',
  '::a9fe:a9fe',
  '::169.254.169.254',
  '::ffff:0:a9fe:a9fe',
  '2002:a9fe:a9fe::',
  '2002:a9fe:a9fe:1::1',
  'fd00:ec2::254',
  '100.100.100.200',
];

describe('by default every host is allowed but', () => {
  test.each(REFUSED)('%s, as an address of the URL', (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    expect(() => guardOf([]).assertAllowed(host)).toThrow(HostRefusedError);
  });

  test.each(REFUSED)('%s, to which a name leads', async (address) => {
    await expect(lookUp(guardOf([], [address]), 'evil.example.com')).rejects.toThrow(
      HostRefusedError,
    );
  });

  test.each(REFUSED)('%s, hidden behind an address that is fine', async (address) => {
    const guard = guardOf([], ['203.0.113.7', address]);
    await expect(lookUp(guard, 'evil.example.com')).rejects.toThrow(HostRefusedError);
  });

  test.each(['127.0.0.1', '10.0.0.1', '203.0.113.7', '2001:db8::1', '::1', '2002:a00:1::1'])(
    '%s is fine',
    async (address) => {
      guardOf([]).assertAllowed(address);
      expect(await lookUp(guardOf([], [address]), 'bot.example.com')).toBe(address);
    },
  );
});

describe('with FORWARD_ALLOWED_HOSTS', () => {
  const allowed = ['bot.example.com', '*.bots.example.com', '10.1.0.0/16', '2001:db8::7'];

  test.each([
    ['bot.example.com', '203.0.113.7'],
    ['BOT.example.com', '203.0.113.7'],
    ['a.bots.example.com', '203.0.113.7'],
    ['elsewhere.example.com', '10.1.2.3'],
    ['elsewhere.example.com', '::ffff:10.1.2.3'],
    ['elsewhere.example.com', '2001:db8::7'],
  ])('%s at %s is allowed', async (name, address) => {
    await expect(lookUp(guardOf(allowed, [address]), name)).resolves.toBe(address);
  });

  test.each([
    ['example.com', '203.0.113.7'],
    ['bots.example.com', '203.0.113.7'],
    ['evilbots.example.com', '203.0.113.7'],
    ['bot.example.com.evil.org', '203.0.113.7'],
    ['elsewhere.example.com', '10.2.0.1'],
    // An allowed name may still resolve to a refused address.
    ['bot.example.com', '169.254.169.254'],
  ])('%s at %s is refused', async (name, address) => {
    await expect(lookUp(guardOf(allowed, [address]), name)).rejects.toThrow(HostRefusedError);
  });

  test('addresses in URLs follow the ranges', () => {
    expect(() => guardOf(allowed).assertAllowed('10.1.2.3')).not.toThrow();
    expect(() => guardOf(allowed).assertAllowed('[2001:db8::7]')).not.toThrow();
    expect(() => guardOf(allowed).assertAllowed('127.0.0.1')).toThrow(HostRefusedError);
  });
});

describe('notifications', () => {
  const assertSent = (address: string, allowed: readonly string[] = []) =>
    createPublicHostGuard(allowed).assertAllowed(`[${address}]`);

  test.each([
    '::1',
    '::',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2001:0:1::1',
    '2002:7f00:1::',
    'fd00::1',
    'fec0::1',
    'ff02::1',
  ])('do not go to %s unless it is allowed', (address) => {
    expect(() => assertSent(address)).toThrow('ALERT_ALLOWED_HOSTS');
  });

  test('go where it is allowed, and to the internet', () => {
    expect(() => assertSent('::1', ['::1'])).not.toThrow();
    expect(() => assertSent('::7f00:1', ['::/96'])).not.toThrow();
    expect(() => assertSent('2606:4700::1111')).not.toThrow();
    expect(() => createPublicHostGuard([]).assertAllowed('203.0.113.7')).not.toThrow();
    expect(() => createPublicHostGuard([]).assertAllowed('127.0.0.1')).toThrow(HostRefusedError);
  });
});
