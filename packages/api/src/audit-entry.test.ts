import { describe, expect, test } from '@jest/globals';
import { auditedChange, auditedTarget } from './audit-entry.ts';

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
