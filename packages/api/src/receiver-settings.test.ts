/** Receivers as callers set and see them: secrets go in, and do not come out. */
import type { StoredAlertOverrides } from '@hookpulse/common/alerts/alert-settings';
import { shownReceiver } from '@hookpulse/common/alerts/receiver';
import { expect, test } from '@jest/globals';
import { patchOverrides } from './overrides-patch.ts';
import {
  hasSecretReceiver,
  receiverProblem,
  shownOverrides,
  storedPatch,
} from './receiver-settings.ts';

const TERMS = { hasWebhookSecret: false, bots: null };
const SLACK = 'slack://hooks.slack.com/services/T0/B0/hidden';
const seal = (_secret: string, owner: string, field: string) =>
  `v1.key.${Buffer.from(`${owner} ${field}`).toString('base64url')}`;

function set(current: StoredAlertOverrides, receivers: readonly string[] | null) {
  const patch = { receivers: receivers === null ? null : [...receivers] };
  return patchOverrides(current, storedPatch(patch, current, '*', seal));
}

test('addresses and channels are stored apart, and shown as one list without secrets', () => {
  const stored = set({}, ['mailto:ops@example.com', SLACK, 'telegram://1', 'ops@example.com']);
  expect(stored.receivers).toEqual(['ops@example.com']);
  expect(stored.channels).toHaveLength(2);
  expect(JSON.stringify(stored)).not.toContain('hidden');
  const shown = shownOverrides(stored);
  expect(shown).toEqual({ receivers: ['ops@example.com', shownReceiver(SLACK), 'telegram://1'] });
});

test('what is sent back as it was shown stays as it is', () => {
  const stored = set({}, [SLACK]);
  const again = set(stored, [...(shownOverrides(stored).receivers ?? []), 'ops@example.com']);
  expect(again.channels).toEqual(stored.channels);
  expect(set(again, [SLACK]).channels).toEqual(stored.channels);
});

test('null removes all of them, an empty list means nobody', () => {
  const stored = set({}, [SLACK, 'ops@example.com']);
  expect(set(stored, null)).toEqual({});
  expect(set(stored, [])).toEqual({ receivers: [] });
  expect(shownOverrides(set(stored, []))).toEqual({ receivers: [] });
});

test('what cannot be set is said by its place', () => {
  expect(receiverProblem({ receivers: ['ops@example.com', SLACK] }, {}, TERMS)).toBeNull();
  const problemOf = (receiver: string) => receiverProblem({ receivers: [receiver] }, {}, TERMS);
  expect(problemOf('pagerduty://x')).toMatchObject({ field: 'receivers.0' });
  expect(problemOf('slack://hooks.slack.com/***-0123abcd')?.message).toContain('the whole URL');
  expect(problemOf('https://a.example/x')?.message).toContain('ALERT_WEBHOOK_SECRET');
  expect(
    receiverProblem(
      { receivers: ['https://a.example/x'] },
      {},
      { ...TERMS, hasWebhookSecret: true },
    ),
  ).toBeNull();
  expect(hasSecretReceiver({ receivers: ['telegram://1', 'ops@example.com'] })).toBe(false);
  expect(hasSecretReceiver({ receivers: [SLACK] })).toBe(true);
});

test('a caller lets only its own bots send, and keeps what others have set', () => {
  const own = { ...TERMS, bots: new Set(['a']) };
  const patch = { receivers: ['telegram://1', 'telegram://1?bot=a', 'telegram://1?bot=b'] };
  expect(receiverProblem(patch, {}, own)).toMatchObject({ field: 'receivers.2' });
  expect(receiverProblem(patch, { channels: ['telegram://1?bot=b'] }, own)).toBeNull();
  expect(receiverProblem(patch, {}, TERMS)).toBeNull();
});
