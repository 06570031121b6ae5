/** The SDK may import nothing of ingest, so its addresses are read by code of its own. */
import { normalIpAddress as ofIngest } from '@hookpulse/common/values/ip-address';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalIpAddress } from '../../packages/sdk/src/ip-address.ts';

const port = fc.nat(99_999);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV4Extended(),
  fc.ipV6(),
  fc.ipV6().map((text) => text.toUpperCase()),
  fc.ipV4().map((text) => `::ffff:${text}`),
  fc.ipV6().map((text) => `${text}%eth0`),
);
const text = fc.oneof(
  address,
  address.map((one) => `[${one}]`),
  fc.tuple(address, port).map(([one, number]) => `${one}:${number}`),
  fc.tuple(address, port).map(([one, number]) => `[${one}]:${number}`),
  fc.string({ unit: fc.constantFrom(...'0123456789abcdefx.:[]% ') }),
);

test('an address has the form that ingest gives it, or is refused as by ingest', () => {
  fc.assert(
    fc.property(text, (sent) => {
      expect(normalIpAddress(sent)).toBe(ofIngest(sent));
    }),
    { numRuns: 2_000 },
  );
});
