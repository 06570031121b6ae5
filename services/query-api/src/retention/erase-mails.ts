/** Mails that named a bot: their Message-IDs, and those in the outbox, which takes the place of a mail server's. */
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import Type from 'typebox';

const mailShape = rowShape('the mails about a bot', { message_id: Type.String() });
/** The first one is the mail's own: those in its text come later. */
const MESSAGE_ID = /^Message-ID:\s*(<[^<>\s]+>)/im;

/** Message-IDs: those that are stored, and the newest, which may not be yet. @throws StoreError */
export async function mailsAbout(
  botId: string,
  deps: {
    readonly clickhouse: ClickHouseClient;
    readonly alerts: AlertStates;
  },
): Promise<ReadonlySet<string>> {
  const stored = await selectRows(deps.clickhouse, {
    sql: `SELECT DISTINCT assumeNotNull(message_id) AS message_id FROM webhook_alert_mails
      WHERE bot_id = {bot_id:String} AND message_id IS NOT NULL`,
    params: { bot_id: botId },
    shape: mailShape,
  });
  const newest = [...deps.alerts.list()]
    .filter(({ transition }) => transition.bot_id === botId)
    .flatMap(({ receipt }) => receipt?.message_id ?? []);
  return new Set([...stored.map(({ message_id }) => message_id), ...newest]);
}

/** Deletes the mails with these Message-IDs. @returns how many */
export async function eraseFromOutbox(
  folder: string,
  messageIds: ReadonlySet<string>,
): Promise<number> {
  let deleted = 0;
  for (const name of await mailsIn(folder)) {
    const path = join(folder, name);
    const [, messageId = ''] = MESSAGE_ID.exec(await readFile(path, 'latin1')) ?? [];
    if (!messageIds.has(messageId)) continue;
    await unlink(path);
    deleted += 1;
  }
  return deleted;
}

/** Unfinished ones, `.….eml.tmp`, are left to who writes them. */
async function mailsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.eml'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
