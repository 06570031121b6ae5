import { expect, test } from '@jest/globals';
import { createReporter } from './reporter.ts';
import { standInIngest } from './testing/stand-in-ingest.ts';
import { watchSecret } from './watch-secret.ts';

/** As ingest takes them, and null where ingest would reject the event. */
const ADDRESSES = [
  ['149.154.167.197', '149.154.167.197'],
  ['149.154.167.197:51008', '149.154.167.197'],
  [' 149.154.167.197 ', '149.154.167.197'],
  ['2001:DB8::8A2E:370:7334', '2001:db8::8a2e:370:7334'],
  ['2001:0db8:0000:0000:0000:8a2e:0370:7334', '2001:db8::8a2e:370:7334'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['::1', '::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['[fe80::1%eth0]:8080', 'fe80::1'],
  ['::ffff:149.154.167.197', '149.154.167.197'],
  ['[::FFFF:149.154.167.197]:51008', '149.154.167.197'],
  ['::ffff:0:0', '0.0.0.0'],
  ['256.1.1.1', null],
  ['1.2.3', null],
  ['1.2.3.4:', null],
  ['1.2.3.4:123456', null],
  ['01.2.3.4', null],
  ['0x7f.1', null],
  ['...', null],
  ['[1.2.3.4]:80', null],
  ['[2001:db8::1', null],
  ['2001:db8::1::2', null],
  ['1:2:3:4:5:6:7:8:443', null],
  ['::1]/[', null],
  ['1.2.3.4%eth0', null],
  ['x', null],
  ['unknown', null],
  ['_hidden', null],
  ['', null],
] as const;

test.each(ADDRESSES)('a wrong secret from %j is reported with %j', async (ip, ip_address) => {
  const ingest = standInIngest();
  const reporter = createReporter({ url: 'http://hooks.test', token: 't', fetch: ingest.fetch });
  const handler = watchSecret(reporter, { secretToken: 'right' }, (_request: object) => undefined);
  handler({ method: 'POST', headers: {}, ip });
  await reporter.close();
  expect([...ingest.counted.values()]).toMatchObject([
    { error_type: 'InvalidSignature', ip_address },
  ]);
});
