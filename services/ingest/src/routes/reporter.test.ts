import { sha256Hex } from '@hookpulse/common/runtime/secrets';
import { expect, test } from '@jest/globals';
import { makeBot, registryOf } from '../testing/bots.ts';
import { ReporterDirectory } from './reporter.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

test('a replaced report token is taken until its grace time is over, also when it was just used', () => {
  const bots = [makeBot({ report_token_sha256: sha256Hex('old') })];
  const directory = new ReporterDirectory(registryOf(bots), null);
  const alpha = { kind: 'bot', botId: 'alpha' };
  expect(directory.identify('Bearer old', NOW_MS)).toEqual(alpha);
  const valid_until = new Date(NOW_MS + 60_000).toISOString();
  bots[0] = makeBot({
    report_token_sha256: sha256Hex('new'),
    previous_report_token: { sha256: sha256Hex('old'), valid_until },
  });
  expect(directory.identify('Bearer old', NOW_MS + 59_999)).toEqual(alpha);
  expect(directory.identify('Bearer new', NOW_MS)).toEqual(alpha);
  expect(directory.identify('Bearer old', NOW_MS + 60_000)).toEqual({
    kind: 'unknown',
    isShown: true,
  });
  expect(directory.identify('Bearer new', NOW_MS + 60_000)).toEqual(alpha);
});
