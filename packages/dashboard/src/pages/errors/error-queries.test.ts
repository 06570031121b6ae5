import { expect, test } from '@jest/globals';
import { askedSpan, groupPath, groupsPath } from './error-queries.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:31Z');
const FILTER = { bot_id: '', error_type: '', update_type: '' };
const range = { kind: 'preset', preset: '1h' } as const;
const query = { filter: FILTER, range };

test('a group is asked for from where its link to events begins', () => {
  const { fromMs } = askedSpan(range, NOW_MS);
  expect(fromMs).toBe(Date.parse('2026-02-10T19:00:00Z'));
  const url = new URL(groupPath('0123456789abcdef', query, NOW_MS), 'http://x');
  expect(Date.parse(url.searchParams.get('from') ?? '')).toBe(fromMs);
});

test('the state is asked for, so that small groups in it are found as well', () => {
  expect(groupsPath(query, 'resolved', NOW_MS)).toMatch(/[?&]state=resolved&/);
  expect(groupsPath(query, '', NOW_MS)).not.toContain('state');
});
