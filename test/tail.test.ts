/** `npx hookpulse tail`: updates, a time to begin with, and lines of one's own. */

import { testBot } from '@hookpulse/common/testing/bots';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { openTestQueryApi, TEST_TOKENS } from '@hookpulse/query-api/testing/open-test-query-api';
import { expect, test } from '@jest/globals';
import { runCommand, startCommand } from './support/command-line.ts';

test('tail shows updates and events from a time on, in lines of its own', async () => {
  const api = await openTestQueryApi(Date.now());
  try {
    await api.registry.put(testBot('orders'));
    const url = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
    const at = new Date().toISOString();
    const message = { from: { first_name: 'Ada' }, text: 'hello' };
    const update = { bot_id: 'orders', received_at: at, update: { update_id: 7, message } };
    const event = sampleEvent({ bot_id: 'orders', update_id: 7 });
    await api.deps.log.publish([
      { topic: UPDATES_TOPIC, key: 'orders', value: JSON.stringify(update) },
      { topic: EVENTS_TOPIC, key: 'orders', value: JSON.stringify(event) },
    ]);
    const access = ['--url', url, '--token', TEST_TOKENS.admin, '--from', '1h'];
    const tail = (...args: readonly string[]) => startCommand(['tail', ...access, ...args], {});
    const updates = tail('--updates', '--bot', 'orders');
    const json = tail('--updates', '--bot', 'orders', '--json');
    const own = tail(
      '--updates',
      '--bot',
      'orders',
      '--format',
      '{update_id}: {update.message.text}',
    );
    const events = tail('--format', '{bot_id} {event_type} {error_type}.');
    const all = [updates, json, own, events];
    await until('a line of each', () => all.every(({ stdout }) => stdout().endsWith('\n')));
    expect(updates.stdout()).toContain('update 7 (message)  Ada: hello');
    expect(JSON.parse(json.stdout())).toMatchObject({ update: { message } });
    expect([own.stdout(), events.stdout()]).toEqual(['7: hello\n', 'orders received .\n']);
    expect(await Promise.all(all.map((one) => one.interrupt()))).toEqual([0, 0, 0, 0]);
  } finally {
    await api.close();
  }
});

test.each([
  [['--updates'], '--updates requires --bot'],
  [['--updates', '--bot', 'a', '--status', 'failed'], '--status is for events'],
  [['--format', 'no fields'], '--format must have fields in braces'],
  [['--format', '{bot_id}', '--json'], '--format and --json exclude each other'],
  [['--from', 'yesterday'], '--from must be ISO 8601'],
])('tail %j is refused', async (args, told) => {
  const { exitCode, stderr } = await runCommand(['tail', ...args], {});
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining(told)]);
});
