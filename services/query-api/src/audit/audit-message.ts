/** An audit entry as it stands on the log. */

import type { AuditEntry } from '@hookpulse/api/audit-entry';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { AUDIT_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';

/** The newest message of an entry's id is the entry: so it can be erased in part. */
export function auditMessage(entry: AuditEntry): OutgoingMessage {
  return {
    topic: AUDIT_TOPIC,
    key: entry.audit_id,
    value: JSON.stringify(entry),
    headers: schemaHeader(AUDIT_TOPIC),
  };
}
