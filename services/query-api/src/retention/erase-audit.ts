/** Takes names, texts and addresses of an erased bot out of the audit; what was done stays. */
import { isDeepStrictEqual } from 'node:util';
import {
  type AuditEntry,
  AuditEntrySchema,
  auditOfPages,
  type ErasedBot,
  erasedEntry,
  isAuditOf,
  isAuditOfPage,
} from '@hookpulse/api/audit-entry';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { AUDIT_TOPIC } from '@hookpulse/event-log/topics';
import { Compile } from 'typebox/compile';
import { auditMessage } from '../audit/audit-message.ts';

const entryValidator = Compile(AuditEntrySchema);

/** Reads the whole topic: a trail holds the newest entries only. @throws LogUnavailableError */
export async function eraseFromAudit(
  erased: ErasedBot,
  log: Pick<EventLog, 'follow' | 'publish'>,
): Promise<number> {
  const read = new Map<string, AuditEntry>();
  const follower = await log.follow({
    topic: AUDIT_TOPIC,
    onMessage({ value }) {
      const entry = parseAs(value, entryValidator);
      if (entry && (isAuditOf(entry, erased) || isAuditOfPage(entry)))
        read.set(entry.audit_id, entry);
    },
  });
  try {
    await follower.caughtUp;
  } finally {
    await follower.close();
  }
  const entries = [...read.values()];
  const found = new Set([
    ...entries.filter((entry) => isAuditOf(entry, erased)),
    ...auditOfPages(entries, erased.botId),
  ]);
  const messages = [...found]
    .filter((entry) => !isDeepStrictEqual(erasedEntry(entry), entry))
    .map((entry) => auditMessage(erasedEntry(entry)));
  await log.publish(messages);
  return messages.length;
}
