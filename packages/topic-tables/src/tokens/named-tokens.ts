/** The named tokens of this Hookpulse, on the compacted topic `webhook.tokens`. */
import {
  isTokenExpired,
  type NamedToken,
  namedTokenValidator,
  TOKEN_PREFIX,
} from '@hookpulse/common/bots/access-token';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { TOKENS_TOPIC } from '@hookpulse/event-log/topics';
import type { TopicTableDeps } from '../topic-table.ts';
import { type Credential, type CredentialTable, credentialTable } from './credential-table.ts';

export interface NamedTokens
  extends Pick<CredentialTable<NamedToken>, 'opened' | 'list' | 'remove' | 'onChange' | 'close'> {
  /**
   * The token of this text, if it holds at that moment; null when it is none, was revoked or has
   * expired. Notes its use.
   * @throws TableNotReadError when it might be one.
   */
  use(token: string, nowMs: number): NamedToken | null;
  /** By its id, whether or not it has expired. @throws TableNotReadError */
  byId(tokenId: string): Credential<NamedToken> | null;
  /** Keeps a new token. @returns its text, which is kept nowhere. @throws LogUnavailableError */
  create(record: NamedToken): Promise<string>;
}

/** Who follows the topic; every process needs only one. */
export function openNamedTokens(deps: TopicTableDeps): NamedTokens {
  const definition = { topic: TOKENS_TOPIC, what: 'named tokens', schema: namedTokenValidator };
  const table = credentialTable(definition, deps);
  return {
    opened: table.opened,
    use(token, nowMs) {
      if (!token.startsWith(TOKEN_PREFIX)) return null;
      const credential = table.find(token);
      if (!credential || isTokenExpired(credential.record, nowMs)) return null;
      table.noteUse(credential, nowMs);
      return credential.record;
    },
    byId: (tokenId) => table.list().find(({ record }) => record.token_id === tokenId) ?? null,
    async create(record) {
      const token = `${TOKEN_PREFIX}${randomSecret()}`;
      await table.put(token, record);
      return token;
    },
    list: () => table.list(),
    remove: (credentials) => table.remove(credentials),
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
  };
}
