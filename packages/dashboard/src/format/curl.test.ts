import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { curlOf } from './curl.ts';

test('a shell gives curl the address as it is, and the token that it knows', () => {
  const path = `/api/events?error_type=it's%20"$HOME"\`id\`&limit=1`;
  const command = curlOf(path, 'http://127.0.0.1:8081').replace(/^curl/, `printf '%s\\n'`);
  const words = execFileSync('sh', ['-c', command], { env: { HOOKPULSE_TOKEN: 'of-a-reader' } });
  expect(words.toString().trim().split('\n')).toEqual([
    '-H',
    'Authorization: Bearer of-a-reader',
    `http://127.0.0.1:8081${path}`,
  ]);
});
