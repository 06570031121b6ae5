/**
 * Secrets that programs and browsers show, kept by their SHA-256 on a compacted topic: a record for
 * each, and when it was last used. The key of a record is the digest; `<digest>|used` holds the time.
 */

import { matchesSha256, sha256Hex } from '@hookpulse/common/values/secrets';
import { parseAs } from '@hookpulse/event-log/json-value';
import type { Static, TSchema } from 'typebox';
import Type from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import {
  type RowChange,
  type TopicTable,
  type TopicTableDeps,
  topicTable,
} from '../topic-table.ts';

export interface Credential<Kept> {
  readonly sha256: string;
  readonly record: Kept;
  /** Milliseconds since the epoch, exact to `USE_NOTED_EVERY_MS`; null: it was never used. */
  readonly lastUsedAtMs: number | null;
}

export interface CredentialTable<Kept>
  extends Pick<TopicTable<unknown>, 'opened' | 'onChange' | 'close'> {
  /** Compared in constant time. @throws TableNotReadError */
  find(secret: string): Credential<Kept> | null;
  /** @throws TableNotReadError */
  list(): Credential<Kept>[];
  /** Resolves once it is durable and visible here. @throws LogUnavailableError */
  put(secret: string, record: Kept): Promise<void>;
  /** Forgets them in one step, as `put` does. @throws LogUnavailableError */
  remove(credentials: readonly Credential<Kept>[]): Promise<void>;
  /**
   * Notes that it is used now. Writes at most once in `USE_NOTED_EVERY_MS`, and does not wait for it:
   * a log that is away costs no request anything.
   */
  noteUse(credential: Credential<Kept>, nowMs: number): void;
}

export interface CredentialTableDefinition<Schema extends TSchema> {
  readonly topic: string;
  /** What its records are, in the plural: operators read it in log lines. */
  readonly what: string;
  readonly schema: Validator<Record<never, never>, Schema>;
}

/** Twelve small messages an hour for each that is in use, however many requests come with it. */
export const USE_NOTED_EVERY_MS = 300_000;

const USED_SUFFIX = '|used';
const KEY_PATTERN = /^([0-9a-f]{64})(\|used)?$/;

const useValidator = Compile(Type.Object({ last_used_at_ms: Type.Integer() }));

type Change<Kept> =
  | { readonly kind: 'put'; readonly sha256: string; readonly record: Kept }
  | { readonly kind: 'used'; readonly atMs: number }
  | { readonly kind: 'use-forgotten' }
  | { readonly kind: 'removed' };

export function credentialTable<Schema extends TSchema>(
  { topic, what, schema }: CredentialTableDefinition<Schema>,
  deps: TopicTableDeps,
): CredentialTable<Static<Schema>> {
  type Kept = Static<Schema>;
  const table = topicTable<Credential<Kept>, Change<Kept>>(
    {
      topic,
      what,
      parse: ({ key, value }) => parseCredential(key, value, schema),
      evolve: evolveCredential,
    },
    deps,
  );
  /** When this process has last noted a use, in the last `USE_NOTED_EVERY_MS`. */
  const notedAtMs = new Map<string, number>();

  return {
    opened: table.opened,
    find(secret) {
      const credential = table.get(sha256Hex(secret));
      return credential && matchesSha256(secret, credential.sha256) ? credential : null;
    },
    list: () => table.rows(),
    put: (secret, record) =>
      table.write([{ key: sha256Hex(secret), value: JSON.stringify(record) }]),
    async remove(credentials) {
      if (credentials.length === 0) return;
      const keys = credentials.flatMap(({ sha256 }) => [sha256 + USED_SUFFIX, sha256]);
      await table.write(keys.map((key) => ({ key, value: null })));
    },
    noteUse({ sha256, lastUsedAtMs }, nowMs) {
      const sinceMs = Math.max(lastUsedAtMs ?? 0, notedAtMs.get(sha256) ?? 0);
      if (nowMs - sinceMs < USE_NOTED_EVERY_MS) return;
      for (const [key, atMs] of notedAtMs) {
        if (nowMs - atMs >= USE_NOTED_EVERY_MS) notedAtMs.delete(key);
      }
      notedAtMs.set(sha256, nowMs);
      const value = JSON.stringify({ last_used_at_ms: nowMs });
      table.write([{ key: sha256 + USED_SUFFIX, value }]).catch((error: unknown) => {
        deps.logger.warn(
          { err: error },
          `the last use of one of the ${what} could not be recorded`,
        );
      });
    },
    onChange: (listener) => table.onChange(listener),
    close: () => table.close(),
  };
}

function parseCredential<Schema extends TSchema>(
  messageKey: string | null,
  value: Uint8Array | null,
  schema: Validator<Record<never, never>, Schema>,
): RowChange<Change<Static<Schema>>> | null {
  const [, key, isUse] = KEY_PATTERN.exec(messageKey ?? '') ?? [];
  if (key === undefined) return null;
  if (value === null) return { key, change: { kind: isUse ? 'use-forgotten' : 'removed' } };
  if (isUse) {
    const use = parseAs(value, useValidator);
    return use && { key, change: { kind: 'used', atMs: use.last_used_at_ms } };
  }
  const record = parseAs(value, schema);
  return record === null ? null : { key, change: { kind: 'put', sha256: key, record } };
}

/** A use that is told after the end, by a process that had not heard of it, brings nothing back. */
function evolveCredential<Kept>(
  row: Credential<Kept> | undefined,
  change: Change<Kept>,
): Credential<Kept> | undefined {
  switch (change.kind) {
    case 'put':
      return {
        sha256: change.sha256,
        record: change.record,
        lastUsedAtMs: row?.lastUsedAtMs ?? null,
      };
    case 'used':
      return row && { ...row, lastUsedAtMs: Math.max(row.lastUsedAtMs ?? 0, change.atMs) };
    case 'use-forgotten':
      return row && { ...row, lastUsedAtMs: null };
    case 'removed':
      return undefined;
    default:
      return change satisfies never;
  }
}
