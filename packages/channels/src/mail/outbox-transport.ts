/**
 * Writes mails as `.eml` files to a folder when there is no SMTP server. Any mail program opens
 * them.
 */

import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@hookpulse/common/values/error-code';
import { iso } from '@hookpulse/common/values/iso';
import { PRIVATE_FOLDER_MODE } from '@hookpulse/service-kit/process/data-dir';
import { createTransport } from 'nodemailer';
import type { Mail, MailOutcome, MailTransport } from './mail.ts';
import { mailMessage } from './mail-message.ts';

export interface OutboxSettings {
  /** Made when it is missing, for its owner alone. */
  readonly folder: string;
  readonly from: string;
}

/** It names bots and what is wrong with them: the owner's alone. */
const PRIVATE_FILE_MODE = 0o600;
/** More than a mail about many alerts, so that a disk is called full before one is kept waiting. */
const PROBE = Buffer.alloc(256 * 1_024);
/** File systems take 255 bytes; a Message-ID is as a rule far shorter. */
const MAX_ID_CHARACTERS = 150;

export function openOutboxTransport({ folder, from }: OutboxSettings): MailTransport {
  const composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const probeFile = join(folder, `.${randomUUID()}.probe`);
  return {
    name: 'outbox',
    async probe() {
      await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
      try {
        await writeFile(probeFile, PROBE, { mode: PRIVATE_FILE_MODE });
      } finally {
        await rm(probeFile, { force: true });
      }
    },
    async send(mail): Promise<MailOutcome> {
      try {
        const { message } = await composer.sendMail(mailMessage(mail, from));
        if (!Buffer.isBuffer(message)) throw new Error('the composer was asked for a buffer');
        await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
        const name = fileName(mail);
        await writeDurably(folder, name, message);
        return { kind: 'accepted', detail: `written as ${name}`, taken: mail.to };
      } catch (error) {
        // A full disk, a missing right: somebody can mend it, and the mail is still due.
        const why = errorCode(error) ?? 'unexpected error';
        const detail = `the mail could not be written to ${folder} (${why})`;
        return { kind: 'later', detail, leftTo: mail.to, taken: [] };
      }
    },
    async close() {
      composer.close();
    },
  };
}

/** The same mail has the same name, so that writing it again replaces it; names sort by time. */
function fileName({ messageId, dateMs }: Mail): string {
  const time = iso(dateMs).replaceAll(/[-:]/g, '');
  const id = messageId.replaceAll(/[<>]/g, '');
  const safeId = id.replaceAll(/[^\w.@-]/g, '_').slice(0, MAX_ID_CHARACTERS);
  // What had to be changed could be the name of another mail.
  const mark =
    safeId === id ? '' : `-${createHash('sha256').update(messageId).digest('hex').slice(0, 16)}`;
  return `${time}-${safeId}${mark}.eml`;
}

/** Whole or not at all, also when the power fails. */
async function writeDurably(folder: string, name: string, content: Buffer): Promise<void> {
  const unfinished = join(folder, `.${name}.tmp`);
  try {
    const file = await open(unfinished, 'w', PRIVATE_FILE_MODE);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(folder, name));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
