/**
 * A bot's worker as a process of its own, to be killed: `node worker.ts <options as JSON>`. It notes each
 * update that it has handled as a line of a file.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConsumeUpdatesOptions, consumeUpdates } from '../../packages/sdk/src/index.ts';

export interface NumberedUpdate {
  readonly update_id: number;
  /** `text` counts the messages of the chat. */
  readonly message: { readonly chat: { readonly id: number }; readonly text: string };
}

export type Source =
  | { readonly brokers: readonly string[] }
  | { readonly url: string; readonly token: string };

export interface WorkerOptions {
  readonly source: Source;
  readonly botId: string;
  readonly group: string;
  /** Where it notes what it has handled: a chat and a number in each line. */
  readonly file: string;
  /** One of so many handlers fails the first time. */
  readonly failsOneIn: number;
}

const MAX_HANDLER_MS = 10;

const { source, file, failsOneIn, ...rest }: WorkerOptions = JSON.parse(process.argv[2] ?? '{}');
const options: ConsumeUpdatesOptions<NumberedUpdate> = {
  ...source,
  ...rest,
  handler: async ({ message }: NumberedUpdate, { attempt }: { readonly attempt: number }) => {
    await delay(Math.random() * MAX_HANDLER_MS);
    if (attempt === 1 && Number(message.text) % failsOneIn === 0) throw new Error('as planned');
    appendFileSync(file, `${message.chat.id} ${message.text}\n`);
  },
  onError: () => undefined,
  retryDelayMs: () => MAX_HANDLER_MS,
};
const consumer = await consumeUpdates(options);
process.stdout.write('ready\n');
process.once('SIGTERM', async () => {
  await consumer.close();
  process.exit(0);
});
