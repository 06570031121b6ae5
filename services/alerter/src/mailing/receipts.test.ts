/** What this alerter has published itself, beside what the alert table shows. */
import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import { expect, test } from '@jest/globals';
import { Receipts } from './receipts.ts';

const fired = sampleFiring('2026-02-10T20:00:00Z');
const resolved = sampleNext(fired, 'resolved', '2026-02-10T20:05:00Z');
const accepted = sampleReceipt(fired);

test('its own receipt stands until the alert table shows it, or a later one', async () => {
  const receipts = new Receipts({ publish: async () => undefined });
  await receipts.publish([accepted]);
  const sending = sampleReceipt(fired, { state: 'sending' });
  expect(receipts.of({ transition: fired, receipt: null })).toEqual(accepted);
  expect(receipts.of({ transition: fired, receipt: sending })).toEqual(accepted);
  const later = sampleReceipt(resolved, { state: 'sending' });
  expect(receipts.of({ transition: resolved, receipt: later })).toEqual(later);
  expect(receipts.of({ transition: resolved, receipt: null })).toBeNull();
});

test('of a bot that was erased it says nothing about the one that is made anew', async () => {
  const receipts = new Receipts({ publish: async () => undefined });
  await receipts.publish([sampleReceipt(resolved)]);
  const anew = { ...fired, alert_id: 'of the bot made anew' };
  expect(receipts.of({ transition: anew, receipt: null })).toBeNull();
});
