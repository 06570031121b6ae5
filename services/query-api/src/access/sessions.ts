/** The sessions of all browsers, on the compacted topic `webhook.sessions`. */

import { isOver, type Session, sessionValidator } from '@hookpulse/api/session';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { SESSIONS_TOPIC } from '@hookpulse/event-log/topics';
import { type Credential, credentialTable } from '@hookpulse/topic-tables/tokens/credential-table';
import type { TopicTable, TopicTableDeps } from '@hookpulse/topic-tables/topic-table';

export interface Sessions extends Pick<TopicTable<unknown>, 'opened' | 'onChange' | 'close'> {
  /** The session of what a cookie holds; null: there is none. @throws TableNotReadError */
  find(secret: string): Credential<Session> | null;
  /** @throws TableNotReadError */
  list(): Credential<Session>[];
  /** Resolves with what the cookie is to hold. @throws LogUnavailableError */
  begin(session: Session): Promise<string>;
  /** Ends them for every process. @throws LogUnavailableError */
  end(sessions: readonly Credential<Session>[]): Promise<void>;
  /** Its idle time begins anew. Does not wait, and writes at a bounded rate. */
  noteUse(session: Credential<Session>): void;
}

export interface SessionsDeps extends TopicTableDeps {
  readonly clock: Clock;
}

/** A script that signs in for ever with a valid token ends its own oldest sessions. */
const MAX_SESSIONS = 1_000;

export function openSessions({ clock, ...deps }: SessionsDeps): Sessions {
  const definition = { topic: SESSIONS_TOPIC, what: 'sessions', schema: sessionValidator };
  const table = credentialTable(definition, deps);
  return {
    opened: table.opened,
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
    find: (secret) => table.find(secret),
    list: () => table.list(),
    async begin(session) {
      await table.remove(dispensable(table.list(), clock.now()));
      const secret = randomSecret();
      await table.put(secret, session);
      return secret;
    },
    end: (sessions) => table.remove(sessions),
    noteUse: (session) => table.noteUse(session, clock.now()),
  };
}

/** Those that are over, and the oldest of too many. */
function dispensable(sessions: readonly Credential<Session>[], nowMs: number) {
  const over = sessions.filter(({ record }) => isOver(record, nowMs));
  const alive = sessions.filter((one) => !over.includes(one));
  const tooMany = alive.length - (MAX_SESSIONS - 1);
  return tooMany > 0 ? [...over, ...alive.slice(0, tooMany)] : over;
}
