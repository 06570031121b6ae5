import { describe, expect, test } from '@jest/globals';
import {
  type AuditEntry,
  auditedChange,
  auditedTarget,
  auditOfPages,
  erasedEntry,
  isAuditOf,
} from './audit-entry.ts';

describe('the change of an audit entry', () => {
  test('is what was asked for, query and body', () => {
    expect(
      auditedChange([{ erase: true }, { name: 'New', alerts: { receivers: ['a@b.c'] } }], 200),
    ).toEqual({ erase: true, name: 'New', alerts: { receivers: ['a@b.c'] } });
  });

  test('hides secrets at any depth', () => {
    const body = { token: 't', webhook_secret: 's', list: [{ password: 'p' }], tokens: ['a'] };
    expect(auditedChange([{}, body], 201)).toEqual({
      token: '[hidden]',
      webhook_secret: '[hidden]',
      list: [{ password: '[hidden]' }],
      tokens: ['[hidden]'],
    });
  });

  test.each([[null], [undefined], [{}], [[1]], ['text']])('is null of a body %j', (body) => {
    expect(auditedChange([{}, body], 200)).toBeNull();
  });

  test('has no half of a character', () => {
    expect(auditedChange([{ name: 'cut \ud83d' }], 200)).toEqual({ name: 'cut \ufffd' });
  });

  test('tells nothing of what was refused: a secret may stand in any field', () => {
    expect(auditedChange([{}, { name: 'my-secret' }], 400)).toBeNull();
  });

  test('names the fields only of a very long one', () => {
    const body = { name: 'x'.repeat(5_000), enabled: true };
    expect(auditedChange([{}, body], 200)).toEqual({ fields: ['name', 'enabled'] });
  });
});

describe('the target of an audit entry', () => {
  test('is the path of the route with its parameters', () => {
    expect(auditedTarget('/api/silences', {})).toBe('/api/silences');
    expect(auditedTarget('/api/updates/:bot_id/:update_id', { bot_id: 'a b', update_id: 7 })).toBe(
      '/api/updates/a%20b/7',
    );
  });

  test('is cut', () => {
    expect(auditedTarget('/api/bots/:bot_id', { bot_id: 'x'.repeat(1_000) })).toHaveLength(256);
  });
});

const entryFor = (target: string): AuditEntry => ({
  ...{ audit_id: 'a', at: '2026-02-10T20:00:00.000Z', request_id: '', method: 'PATCH' },
  actor: { access: 'admin', via: 'token', session_id: null, address: null },
  ...{ route: '', target, change: { title: 'Anna' }, status: 200 },
});

describe('entries of earlier versions, which have the address as it was sent,', () => {
  const erased = { botId: 'orders', silenceIds: new Set<string>(), pageNames: new Set(['annas']) };

  test.each([
    '//api/bots/orders',
    '/api//bots/orders/',
    '/api/bots/%6Frders',
    '/%61pi/bots/orders',
    'http://example.com/api/bots/orders',
    '/api/bots/orders#top',
    '//api/bots/orders/forwarding/pause',
    '//api/status-pages/%61nnas',
  ])('are found by what they are about: %s', (target) => {
    expect(isAuditOf(entryFor(target), erased)).toBe(true);
  });

  test.each([
    '/api/bots/orders%2Fx',
    '/api/bots/orders-2',
    '/api/bots',
    '/bots/orders',
    '/api/bots/%6',
  ])('are not found where they are about something else: %s', (target) =>
    expect(isAuditOf(entryFor(target), erased)).toBe(false),
  );

  test('lose the names of status pages', () => {
    const { target } = erasedEntry(entryFor('//api/status-pages//%61nnas/link'));
    expect(target).toBe('/api/status-pages/[erased]/link');
    expect(erasedEntry(entryFor(target)).target).toBe(target);
  });
});

test('entries of a status page are about a bot for as long as the page is about it alone', () => {
  const entry = (at: number, method: string, change: AuditEntry['change']): AuditEntry => ({
    ...{ audit_id: `${at}`, at: new Date(at).toISOString(), request_id: '', method, change },
    actor: { access: 'admin', via: 'token', session_id: null, address: null },
    ...{ route: '', target: '/api/status-pages/page', status: 200 },
  });
  const entries = [
    entry(1, 'POST', { bot_ids: ['other'], title: 'Other' }),
    entry(2, 'PATCH', { title: 'Still other' }),
    entry(3, 'PATCH', { bot_ids: ['anna'] }),
    entry(4, 'PATCH', { title: 'Of Anna' }),
    entry(5, 'PATCH', { bot_ids: ['anna', 'other'] }),
    entry(6, 'PATCH', { title: 'Both' }),
    entry(7, 'PATCH', { bot_ids: ['anna'] }),
    entry(8, 'DELETE', null),
    entry(9, 'PATCH', { title: 'Another page' }),
  ];
  const own = auditOfPages(entries.toReversed(), 'anna');
  expect(own.map(({ audit_id }) => audit_id)).toEqual(['3', '4', '7', '8']);
});
