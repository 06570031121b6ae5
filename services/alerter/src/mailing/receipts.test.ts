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
  expect(receipts.with({ transition: fired, receipt: null }).receipt).toEqual(accepted);
  expect(receipts.with({ transition: fired, receipt: sending }).receipt).toEqual(accepted);
  const later = sampleReceipt(resolved, { state: 'sending' });
  expect(receipts.with({ transition: resolved, receipt: later }).receipt).toEqual(later);
  expect(receipts.with({ transition: resolved, receipt: null }).receipt).toBeNull();
});

test('of a bot that was erased it says nothing about the one that is made anew', async () => {
  const receipts = new Receipts({ publish: async () => undefined });
  await receipts.publish([sampleReceipt(resolved)]);
  const anew = { ...fired, alert_id: 'of the bot made anew' };
  expect(receipts.with({ transition: anew, receipt: null }).receipt).toBeNull();
});

test('mails and each channel have receipts of their own', async () => {
  const receipts = new Receipts({ publish: async () => undefined });
  const chat = sampleReceipt(fired, { channel: 'telegram://1', state: 'sending' });
  await receipts.publish([accepted, chat]);
  const known = receipts.with({ transition: fired, receipt: null });
  expect(known).toEqual({
    transition: fired,
    receipt: accepted,
    channels: { 'telegram://1': chat },
  });
  const taken = sampleReceipt(fired, { channel: 'telegram://1' });
  const shown = { ...known, channels: { 'telegram://1': taken } };
  expect(receipts.with(shown).channels).toEqual({ 'telegram://1': taken });
});
