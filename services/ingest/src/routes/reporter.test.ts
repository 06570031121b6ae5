import type { NamedToken } from '@hookpulse/common/bots/access-token';
import { sha256Hex } from '@hookpulse/common/values/secrets';
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

test('a named token reports when it stands in for the admin token, and only then', () => {
  const record = {
    token_id: 't',
    name: 'CI',
    bots: null,
    created_at: '2026-02-10T20:00:00.000Z',
    created_by: 'ADMIN_TOKEN',
    expires_at: null,
  } as const;
  const tokens: Readonly<Record<string, NamedToken>> = {
    hp_admin: { ...record, scope: 'admin' },
    hp_write: { ...record, scope: 'write' },
    hp_some: { ...record, scope: 'admin', bots: ['alpha'] },
  };
  const namedTokens = { use: (token: string) => tokens[token] ?? null };
  const directory = new ReporterDirectory(registryOf([makeBot()]), null, namedTokens);
  const kindOf = (token: string) => directory.identify(`Bearer ${token}`, NOW_MS).kind;
  expect(['hp_admin', 'hp_write', 'hp_some', 'hp_none'].map(kindOf)).toEqual([
    ...['admin', 'unknown', 'unknown', 'unknown'],
  ]);
});
