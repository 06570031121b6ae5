import type { AuditEntry } from '@hookpulse/api/audit-entry';
import { describe, expect, test } from '@jest/globals';
import { actorOf, auditOutcome, changeText, deedOf, subjectOf } from './audit-words.ts';

function entry(fields: Partial<AuditEntry>): AuditEntry {
  return {
    audit_id: '0198f5a2-0000-7000-8000-000000000000',
    at: '2026-02-10T20:00:00.000Z',
    request_id: 'r',
    actor: { access: 'admin', via: 'token', session_id: null, address: '127.0.0.1' },
    method: 'PATCH',
    route: '/api/bots/:bot_id',
    target: '/api/bots/orders-bot',
    change: null,
    status: 200,
    ...fields,
  };
}

describe('what was done', () => {
  test.each<[Partial<AuditEntry>, string, string | null]>([
    [{ change: { name: 'Orders' } }, 'Changed a bot', 'orders-bot'],
    [{ change: { enabled: false } }, 'Disabled a bot', 'orders-bot'],
    [{ change: { enabled: true } }, 'Enabled a bot', 'orders-bot'],
    [{ change: { enabled: true, name: 'Orders' } }, 'Changed a bot', 'orders-bot'],
    [{ method: 'DELETE' }, 'Deleted a bot', 'orders-bot'],
    [{ method: 'DELETE', change: { erase: false } }, 'Deleted a bot', 'orders-bot'],
    [{ method: 'DELETE', change: { erase: true } }, 'Deleted a bot and its history', 'orders-bot'],
    [
      { method: 'DELETE', change: { erase: 'true' } },
      'Deleted a bot and its history',
      'orders-bot',
    ],
    [{ method: 'POST', route: '/api/bots' }, 'Added a bot', 'orders-bot'],
    [
      {
        method: 'POST',
        route: '/api/bots/:bot_id/rotate-secret',
        target: '/api/bots/a%20b/rotate-secret',
      },
      'Rotated a webhook secret',
      'a b',
    ],
    [{ method: 'POST', route: '/api/session', target: '/api/session' }, 'Signed in', null],
    [
      {
        method: 'POST',
        route: '/api/silences',
        target: '/api/silences/7',
        change: { bot_id: 'b' },
      },
      'Silenced alerts',
      'b',
    ],
    [
      {
        method: 'GET',
        route: '/api/updates/:bot_id/:update_id',
        target: '/api/updates/orders-bot/7',
      },
      'Read an update',
      'orders-bot',
    ],
    [
      {
        method: 'POST',
        route: '/api/updates/replay',
        target: '/api/updates/replay',
        change: { bot_id: 'b', dry_run: true },
      },
      'Counted updates to deliver again',
      'b',
    ],
    [{ method: 'PUT', route: '/api/new/:id', target: '/api/new/%zz' }, 'PUT /api/new/%zz', '%zz'],
  ])('is told of %j', (fields, deed, subject) => {
    expect([deedOf(entry(fields)), subjectOf(entry(fields))]).toEqual([deed, subject]);
  });

  test('is told with what came of it, who did it and what was asked for', () => {
    expect([200, 403, 503].map((status) => auditOutcome({ status }).words)).toEqual([
      'Done',
      'Refused (403)',
      'Failed (503)',
    ]);
    expect(actorOf(entry({}).actor)).toBe('Admin');
    expect(actorOf({ access: 'read', via: 'session', session_id: '1f0c2a', address: '::1' })).toBe(
      'Reader · session 1f0c',
    );
    expect(actorOf({ access: null, via: null, session_id: null, address: '::1' })).toBe('Unknown');
    expect(
      actorOf({
        ...{ access: 'write', via: 'token', session_id: null, address: '::1' },
        token: { token_id: '5f6d', name: 'Grafana' },
      }),
    ).toBe('Grafana');
    expect(
      actorOf({
        ...{ access: 'admin', via: 'session', session_id: '1f0c2a', address: '::1' },
        token: { token_id: null, name: 'ADMIN_TOKEN' },
      }),
    ).toBe('Admin · session 1f0c');
    expect(changeText({ name: 'Orders', alerts: { receivers: [] } })).toBe(
      'name: Orders · alerts: {"receivers":[]}',
    );
    expect(changeText({ token: '[hidden]' })).toBe('');
    expect(changeText(null)).toBe('');
  });
});
