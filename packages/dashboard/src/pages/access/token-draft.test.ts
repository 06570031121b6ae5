import { expect, test } from '@jest/globals';
import { NEW_TOKEN, newTokenBody } from './token-draft.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

test('a token is for all bots and ends in 90 days, unless chosen otherwise', () => {
  expect(newTokenBody({ ...NEW_TOKEN, name: ' Grafana ' }, NOW_MS)).toEqual({
    name: 'Grafana',
    scope: 'read',
    bots: null,
    expires_at: '2026-05-11T20:00:00.000Z',
  });
  const chosen = { name: 'Ann', scope: 'write', bots: ['a'], expiry: 'never' } as const;
  expect(newTokenBody(chosen, NOW_MS)).toEqual({
    ...{ name: 'Ann', scope: 'write', bots: ['a'], expires_at: null },
  });
});
