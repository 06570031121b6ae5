import { describe, expect, test } from '@jest/globals';
import { type AuditEntry, auditedChange, auditedTarget, auditOfPages } from './audit-entry.ts';

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

  test('tells nothing of what was refused: a secret may stand in any field', () => {
    expect(auditedChange([{}, { name: 'my-secret' }], 400)).toBeNull();
  });

  test('names the fields only of a very long one', () => {
    const body = { name: 'x'.repeat(5_000), enabled: true };
    expect(auditedChange([{}, body], 200)).toEqual({ fields: ['name', 'enabled'] });
  });

  test('comes with a target that is cut', () => {
    expect(auditedTarget('x'.repeat(1_000))).toHaveLength(256);
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
