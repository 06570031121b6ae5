/** An entry of the audit in words. */
import type { AuditEntry } from '@hookpulse/api/audit-entry';
import type { Tone } from '../../ui/status-badge.tsx';

/** By method and route. A request that is not listed is shown as it is. */
const DEEDS: Readonly<Record<string, string>> = {
  'POST /api/bots': 'Added a bot',
  'POST /api/bots/adopt': 'Adopted a bot',
  'POST /api/bots/:bot_id/release': 'Released a bot',
  'PATCH /api/bots/:bot_id': 'Changed a bot',
  'DELETE /api/bots/:bot_id': 'Deleted a bot',
  'POST /api/bots/:bot_id/rotate-secret': 'Rotated a webhook secret',
  'POST /api/bots/:bot_id/rotate-report-token': 'Rotated a report token',
  'POST /api/bots/:bot_id/forwarding/pause': 'Paused forwarding',
  'POST /api/bots/:bot_id/forwarding/resume': 'Resumed forwarding',
  'GET /api/updates/:bot_id/:update_id': 'Read an update',
  'POST /api/updates/replay': 'Delivered updates again',
  'POST /api/silences': 'Silenced alerts',
  'DELETE /api/silences/:silence_id': 'Ended a silence',
  'PATCH /api/errors/:fingerprint': 'Changed the state of an error',
  'POST /api/annotations': 'Noted what happened',
  'DELETE /api/annotations/:annotation_id': 'Deleted a note',
  'POST /api/status-pages': 'Created a status page',
  'PATCH /api/status-pages/:name': 'Changed a status page',
  'POST /api/status-pages/:name/link': 'Replaced the link of a status page',
  'DELETE /api/status-pages/:name': 'Deleted a status page',
  'PATCH /api/alert-settings': 'Changed the alert settings of all bots',
  'POST /api/session': 'Signed in',
  'DELETE /api/session': 'Signed out',
  'DELETE /api/sessions': 'Signed out everywhere',
  'DELETE /api/sessions/:session_id': 'Ended a session',
  'POST /api/tokens': 'Created a token',
  'DELETE /api/tokens/:token_id': 'Revoked a token',
  'POST /api/admin/backups': 'Made a backup',
  'POST /api/admin/cleanup': 'Deleted data past its retention',
  'POST /api/admin/rebuilds': 'Requested a rebuild of hours',
};

/** Routes whose body says which bot it is about. */
const NAMED_IN_CHANGE: readonly string[] = [
  '/api/silences',
  '/api/annotations',
  '/api/bots/adopt',
  '/api/updates/replay',
];

/** What the API puts in place of secrets. */
const HIDDEN = '[hidden]';

export function deedOf({ method, route, target, change }: AuditEntry): string {
  const request = `${method} ${route}`;
  if (request === 'DELETE /api/bots/:bot_id' && isErasing(change)) {
    return 'Deleted a bot and its history';
  }
  if (request === 'PATCH /api/bots/:bot_id' && change && Object.keys(change).length === 1) {
    if (change.enabled === true) return 'Enabled a bot';
    if (change.enabled === false) return 'Disabled a bot';
  }
  if (request === 'POST /api/updates/replay' && change?.dry_run === true) {
    return 'Counted updates to deliver again';
  }
  return DEEDS[request] ?? `${method} ${target}`;
}

/** Text: as entries of earlier versions have it. */
function isErasing(change: AuditEntry['change']): boolean {
  return change?.erase === true || change?.erase === 'true';
}

/** The id of what was changed, where there can be several: from its path, or from the change. */
export function subjectOf({ route, target, change }: AuditEntry): string | null {
  if (NAMED_IN_CHANGE.includes(route) && typeof change?.bot_id === 'string') return change.bot_id;
  if (!route.includes(':') && target === route) return null;
  const position = route.split('/').findIndex((part) => part.startsWith(':'));
  const id = target.split('/')[position === -1 ? route.split('/').length : position];
  return id ? decoded(id) : null;
}

export interface AuditOutcome {
  readonly tone: Tone;
  readonly words: string;
}

export function auditOutcome({ status }: Pick<AuditEntry, 'status'>): AuditOutcome {
  if (status < 400) return { tone: 'good', words: 'Done' };
  if (status >= 500) return { tone: 'bad', words: `Failed (${status})` };
  return { tone: 'warn', words: `Refused (${status})` };
}

const ROLES = { admin: 'Admin', write: 'Writer', read: 'Reader' } as const;

/** `Admin · session 1f0c`, `Grafana`, `Unknown` */
export function actorOf({ access, via, session_id, token }: AuditEntry['actor']): string {
  if (access === null) return 'Unknown';
  const who = token?.token_id ? token.name : ROLES[access];
  return via === 'session' && session_id ? `${who} · session ${session_id.slice(0, 4)}` : who;
}

/** A change on one line: `enabled: false`, `alerts: {"receivers":[…]}`; nothing of what is hidden. */
export function changeText(change: AuditEntry['change']): string {
  return changeLines(change).join(' · ');
}

/** The same, a line for each field. */
export function changeLines(change: AuditEntry['change']): readonly string[] {
  return Object.entries(change ?? {})
    .filter(([, value]) => value !== HIDDEN)
    .map(
      ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    );
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Of a request that was refused for it.
    return part;
  }
}
