/** That ingest listens, as it stands on the log: `webhook.presence`. */

import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { PRESENCE_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const PresenceSchema = Type.Object({
  /** Names a stretch in which one ingest listened without a break. */
  stretch_id: Type.String({ minLength: 1 }),
  /** For how long, up to the log time of the message: so that no clock but the log's counts. */
  listened_ms: Type.Number({ minimum: 0 }),
});
export type Presence = Static<typeof PresenceSchema>;

const presenceValidator = Compile(PresenceSchema);

export function presenceToMessage(presence: Presence): OutgoingMessage {
  return {
    topic: PRESENCE_TOPIC,
    key: presence.stretch_id,
    value: JSON.stringify(presence),
    headers: schemaHeader(PRESENCE_TOPIC),
  };
}

/** Null: it cannot be read; the topic is open to other programs. */
export function readPresence({ value }: LogMessage): Presence | null {
  return parseAs(value, presenceValidator);
}
