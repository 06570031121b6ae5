/** Named tokens and sessions for tests. */
import { randomUUID } from 'node:crypto';
import type { NamedToken } from '@hookpulse/common/bots/access-token';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { TestQueryApi } from './open-test-query-api.ts';

export interface TestToken {
  readonly tokenId: string;
  readonly authorization: string;
  readonly token: string;
}

/** A token that reads everything, unless said otherwise. */
export async function createTestToken(
  { deps, clock }: Pick<TestQueryApi, 'deps' | 'clock'>,
  fields: Partial<NamedToken> = {},
): Promise<TestToken> {
  const tokenId = randomUUID();
  const token = await deps.namedTokens.create({
    token_id: tokenId,
    name: 'test',
    scope: 'read',
    bots: null,
    created_at: new Date(clock.nowMs).toISOString(),
    created_by: 'ADMIN_TOKEN',
    expires_at: null,
    ...fields,
  });
  return { tokenId, token, authorization: `Bearer ${token}` };
}

/** Signs in. @returns the value of `Cookie`, as a browser sends it back */
export async function signInWith(app: HttpApp, token: string): Promise<string> {
  const answer = await app.inject({ method: 'POST', url: '/api/session', payload: { token } });
  return cookieIn(answer.headers['set-cookie']);
}

export function cookieIn(setCookie: string | readonly string[] | undefined): string {
  const [first = ''] = [setCookie ?? ''].flat();
  return first.split(';')[0] ?? '';
}
