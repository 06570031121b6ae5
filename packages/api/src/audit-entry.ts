/** Who changed or tried to change what, when, and what came of it. */
import { shownReceiver } from '@hookpulse/common/alerts/receiver';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { hideBotTokens } from '@hookpulse/common/values/hidden-token';
import Type, { type Static } from 'typebox';
import { AccessName, TokenRefSchema } from './caller.ts';
import { isRecord } from './schema-example.ts';

export const AuditEntrySchema = Type.Object({
  audit_id: Type.String({ description: 'a UUID' }),
  at: Type.String({ format: 'date-time', description: 'when it was answered' }),
  request_id: Type.String({ description: 'x-request-id of the answer' }),
  actor: Type.Object(
    {
      access: Nullable(AccessName),
      via: Nullable(Type.Enum(['token', 'session'])),
      session_id: Nullable(Type.String()),
      address: Nullable(Type.String()),
      /** Absent in entries of earlier versions. */
      token: Type.Optional(Nullable(TokenRefSchema)),
    },
    { description: 'the caller; access null: a failed sign-in, recorded by older versions' },
  ),
  method: Type.String(),
  route: Type.String({
    description: 'with parameters as in :bot_id',
    examples: ['/api/bots/:bot_id'],
  }),
  target: Type.String({
    description: 'path of the changed or created resource',
    examples: ['/api/bots/orders-bot'],
  }),
  change: Nullable(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        'what was requested and done, with secrets hidden; null: nothing, or the request was refused',
      examples: [{ enabled: false }],
    }),
  ),
  status: Type.Integer({ description: 'status code of the answer', examples: [200] }),
});
export type AuditEntry = Static<typeof AuditEntrySchema>;

const HIDDEN = '[hidden]';
/** A change is a few fields; whoever sends more is not quoted. */
const MAX_CHANGE_LENGTH = 4_096;
const MAX_TARGET_LENGTH = 256;
/** URLs of receivers are secrets as a rule. */
const RECEIVER_NAME = /^receivers?$/;
const SECRET_NAME = /secret|token|password/i;
/** User name and password of a URL. */
const USER_INFO = /^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i;

/**
 * What of a request belongs into its entry. A refused one may hold anything under any name, a secret
 * in the wrong field included, so nothing of it is told.
 * @param parts - query, body, and what was done by them; the last one says how it really was
 */
export function auditedChange(parts: readonly unknown[], status: number): AuditEntry['change'] {
  if (status >= 400) return null;
  const change: Readonly<Record<string, unknown>> = Object.assign({}, ...parts.filter(isRecord));
  if (Object.keys(change).length === 0) return null;
  const shown = Object.fromEntries(
    Object.entries(change).map(([name, value]) => [name, withoutSecrets(name, value)]),
  );
  return JSON.stringify(shown).length > MAX_CHANGE_LENGTH ? { fields: Object.keys(change) } : shown;
}

/**
 * The path of a route with its parameters. The address of a request can be written in many ways, such
 * as `//api/bots/%6Frders`.
 * @param params - decoded
 */
export function auditedTarget(route: string, params: unknown): string {
  const values = isRecord(params) ? params : {};
  return route
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
    .slice(0, MAX_TARGET_LENGTH);
}

const ERASED = '[erased]';
const PAGES = 'status-pages';
/** Ids, alone or in a list, which say what was done to what. */
const KEPT_TEXT: ReadonlySet<string> = new Set(['bot_id', 'bot_ids', 'rule']);

/** Something that was erased, and what belonged to it. */
export interface ErasedBot {
  readonly botId: string;
  /** Of silences that were about the bot alone. */
  readonly silenceIds: ReadonlySet<string>;
  /** Names of status pages that were about the bot alone. */
  readonly pageNames: ReadonlySet<string>;
}

/** Whether an entry tells of the bot. */
export function isAuditOf({ target, change }: AuditEntry, erased: ErasedBot): boolean {
  const [api, collection, id] = segmentsOf(target);
  if (api !== 'api') return false;
  if (change?.bot_id === erased.botId) return true;
  if (isOnly(change?.bot_ids, erased.botId)) return true;
  if (collection === 'bots' || collection === 'updates') return id === erased.botId;
  if (id === undefined) return false;
  if (collection === PAGES) return erased.pageNames.has(id);
  return collection === 'silences' && erased.silenceIds.has(id);
}

export function isAuditOfPage({ target }: AuditEntry): boolean {
  return pageOf(target) !== undefined;
}

/**
 * Entries of status pages from when they were about the bot alone, also of pages that are gone since.
 * @param entries - all there are, since one that changes a page does not say whose page it is
 */
export function auditOfPages(entries: readonly AuditEntry[], botId: string): AuditEntry[] {
  const own = new Set<string>();
  return entries
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at))
    .filter(({ method, target, change, status }) => {
      const name = pageOf(target);
      if (name === undefined) return false;
      if (isOnly(change?.bot_ids, botId)) own.add(name);
      else if (change?.bot_ids !== undefined) own.delete(name);
      const isOwn = own.has(name);
      if (method === 'DELETE' && status < 400) own.delete(name);
      return isOwn;
    });
}

/** Whether a list has one id, that of the bot, and no other. */
function isOnly(ids: unknown, botId: string): boolean {
  return Array.isArray(ids) && ids.length > 0 && ids.every((id) => id === botId);
}

/** The name of the status page that the target belongs to. */
function pageOf(target: string): string | undefined {
  const [api, collection, name] = segmentsOf(target);
  return api === 'api' && collection === PAGES ? name : undefined;
}

function erasedPage(target: string): string {
  const [, , , ...rest] = segmentsOf(target);
  return ['', 'api', PAGES, ERASED, ...rest].join('/');
}

/** Decoded. Entries of earlier versions have the address as it was sent. */
function segmentsOf(target: string): string[] {
  const [path = ''] = target.replace(/^https?:\/\/[^/]*/i, '').split('#', 1);
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
}

/** What was cut within an escape stays as it is. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** The act without names, texts and addresses: who with which access did what to what, and when. */
export function erasedEntry(entry: AuditEntry): AuditEntry {
  const { actor, target, change } = entry;
  return {
    ...entry,
    actor: { ...actor, address: null },
    // The name of a page is somebody's words, unlike other ids.
    target: pageOf(target) === undefined ? target : erasedPage(target),
    change: change && Object.fromEntries(Object.entries(change).map(withoutText)),
  };
}

function withoutText([name, value]: [string, unknown]): [string, unknown] {
  return [name, KEPT_TEXT.has(name) ? value : erasedText(value)];
}

function erasedText(value: unknown): unknown {
  if (typeof value === 'string') return ERASED;
  if (Array.isArray(value)) return value.map(erasedText);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(withoutText)) : value;
}

function withoutSecrets(name: string, value: unknown): unknown {
  if (SECRET_NAME.test(name) && typeof value === 'string') return HIDDEN;
  if (RECEIVER_NAME.test(name) && typeof value === 'string') return shownReceiver(value);
  if (typeof value === 'string') {
    // Of a name that was cut within an emoji, strict readers would refuse the whole answer.
    return hideBotTokens(value.replace(USER_INFO, `$1${HIDDEN}@`)).toWellFormed();
  }
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(name, item));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([inner, part]) => [inner, withoutSecrets(inner, part)]),
  );
}
