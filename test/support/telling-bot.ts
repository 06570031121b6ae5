/**
 * A bot whose history has words that are found nowhere else, so that the bytes of files can be searched
 * for what is left of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { errorCode } from '@hookpulse/common/values/error-code';
import { HookpulseClient } from './hookpulse-client.ts';
import type { Addresses } from './hookpulse-process.ts';

export const TELLING_BOT = 'erased';
/** Gone as soon as the bot is erased. */
export const CONFIDED = {
  name: 'Quokkanaut',
  formerName: 'Pangolinist',
  receiver: 'marmalade@zanzibar.example',
  reason: 'xylophonic-repairs',
};
/** What was delivered and reported: stays on the log until its retention. */
export const REPORTED = { error: 'velociraptor-is-out', update: 'ocarina-lesson' };
/** Others, so that pages are shared and split. */
const OTHER_BOTS = 40;

export type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

/** Asks the query API as its administrator. @throws with the status and the answer unless it is a success */
export function asAdministrator(queryApi: string, adminToken: string): Ask {
  return async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${queryApi}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status}: ${text}`);
    return JSON.parse(text);
  };
}

/** Paths, below a folder, of the files that have a text, as it is or as mails encode it. */
export function filesWith(folder: string, text: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const needles = [text, Buffer.from(text).toString('base64').replace(/=+$/, '').slice(4, -4)];
  return files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => {
      const bytes = bytesOf(path);
      return needles.some((needle) => needle !== '' && bytes.includes(needle));
    });
}

/** Of a file that an engine may delete meanwhile. */
function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** Resolves when its names, receivers, an alert, a mail in the outbox and a silence are stored. */
export async function makeTellingHistory(
  urls: Addresses,
  adminToken: string,
  dataDir: string,
): Promise<void> {
  const client = new HookpulseClient(urls, adminToken);
  const ask = asAdministrator(urls.queryApi, adminToken);
  const bot = await client.registerBot(TELLING_BOT);
  await ask('PATCH', `/api/bots/${TELLING_BOT}`, { name: CONFIDED.formerName });
  await ask('PATCH', `/api/bots/${TELLING_BOT}`, {
    name: CONFIDED.name,
    alerts: { receivers: [CONFIDED.receiver] },
  });
  for (let n = 0; n < OTHER_BOTS; n += 1) await client.registerBot(`other-${n}`);
  const update = { update_id: 1, message: { message_id: 1, text: REPORTED.update } };
  await until('ingest to know the bot', async () => {
    return (await client.deliver(TELLING_BOT, bot.secret, update)).status === 200;
  });
  const error = { bot_id: TELLING_BOT, event_type: 'error', error_message: REPORTED.error };
  await client.report(bot.reportToken, Array(20).fill(error));
  await until('the mail', () =>
    filesWith(dataDir, CONFIDED.name).some((path) => path.endsWith('.eml')),
  );
  await until('the alert in the store', async () => {
    const { alerts } = await ask<{ alerts: unknown[] }>('GET', `/api/alerts?bot_id=${TELLING_BOT}`);
    return alerts.length > 0;
  });
  await ask('POST', '/api/silences', {
    bot_id: TELLING_BOT,
    reason: CONFIDED.reason,
    created_by: 'Ada',
    ends_at: new Date(Date.now() + 3_600_000).toISOString(),
  });
}
