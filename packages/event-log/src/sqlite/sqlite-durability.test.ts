import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { LogMessage } from '../event-log.ts';
import { RecordingHandler, textOf } from '../testing/recording-handler.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { type TestLogs, withTestLogs } from './testing/test-log.ts';

const PUBLISHER = fileURLToPath(new URL('./testing/publish-until-killed.ts', import.meta.url));
const TOPIC = 'events';
const KILLS = 3;
const ACKNOWLEDGED_BEFORE_KILL = 500;
const PUBLISHER_LIMIT_MS = 60_000;

/** Runs the publisher until it has reported enough, kills it, and answers what it reported. */
async function publishAndKill(directory: string, prefix: string): Promise<string[]> {
  const child = spawn(process.execPath, [PUBLISHER, directory, TOPIC, prefix], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Should the test be given up, the process does not outlive it.
    timeout: PUBLISHER_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === ACKNOWLEDGED_BEFORE_KILL) child.kill('SIGKILL');
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return acknowledged;
}

/** Everything in the log, read from the start by a group of its own. */
async function readAll({ open }: TestLogs, groupId: string): Promise<readonly LogMessage[]> {
  const log = await open();
  const ranges = await log.ranges(TOPIC);
  const held = ranges.reduce((sum, { endOffset }) => sum + Number(endOffset), 0);
  const handler = new RecordingHandler();
  await log.consume({ groupId, topics: [TOPIC], handler });
  await waitUntil(() => handler.messages.length >= held);
  await log.close();
  expect(handler.messages).toHaveLength(held);
  return handler.messages;
}

describe('SQLite log after kill -9', () => {
  test('holds everything that was acknowledged, at consecutive offsets', () =>
    withTestLogs(async (logs) => {
      const acknowledged: string[] = [];
      for (let kill = 1; kill <= KILLS; kill += 1) {
        acknowledged.push(...(await publishAndKill(logs.directory, `${kill}/`)));
        const messages = await readAll(logs, `after-kill-${kill}`);
        const values = messages.map((message) => textOf(message)?.trimEnd());
        expect(new Set(values).size).toBe(values.length);
        expect(new Set(acknowledged).difference(new Set(values))).toEqual(new Set());
        for (const ofPartition of Map.groupBy(messages, ({ partition }) => partition).values()) {
          expect(ofPartition.map(({ offset }) => offset)).toEqual(
            ofPartition.map((_, index) => BigInt(index)),
          );
        }
      }
    }));
});
