/** Mails about a bot in the outbox, which take the place of a mail server's where there is none. */
import { readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@hookpulse/common/values/error-code';

/** The first one is the mail's own: those in its text come later. */
const MESSAGE_ID = /^Message-ID:\s*(<[^<>\s]+>)/im;

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
