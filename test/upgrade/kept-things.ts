/** What people keep in Hookpulse, made by one version and looked for in another. */
import { expect } from '@jest/globals';

/** A query API. */
export interface Keeper {
  readonly queryApi: string;
  readonly adminToken: string;
}

/** What people keep in Hookpulse, and expect to find again. */
export interface KeptThings {
  readonly name: string;
  readonly cookie: string;
  readonly token: string;
  readonly silenceId: string;
}

export async function makeThings(where: Keeper, name: string): Promise<KeptThings> {
  const session = await call(where, '/api/session', { token: where.adminToken });
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const made = await call(where, '/api/tokens', { name, scope: 'write' });
  const { token } = (await made.json()) as { token: string };
  const silence = await call(where, '/api/silences', {
    rule: 'no_traffic',
    reason: name,
    duration_minutes: 600,
  });
  const { silence_id: silenceId } = (await silence.json()) as { silence_id: string };
  await call(where, '/api/bots', {
    bot_id: name,
    name,
    alerts: { high_error_rate: { threshold: 0.4 }, receivers: ['kept@example.com'] },
  });
  return { name, cookie, token, silenceId };
}

export async function expectThings(where: Keeper, things: KeptThings): Promise<void> {
  const get = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(`${where.queryApi}${path}`, { headers });
    return { status: response.status, body: await response.json() };
  };
  const { name, cookie, token, silenceId } = things;
  expect(await get('/api/session', { cookie })).toMatchObject({
    status: 200,
    body: { access: 'admin' },
  });
  const bearer = { authorization: `Bearer ${token}` };
  expect(await get(`/api/silences/${silenceId}`, bearer)).toMatchObject({
    status: 200,
    body: { reason: name },
  });
  expect(await get(`/api/bots/${name}`, bearer)).toMatchObject({
    status: 200,
    body: { alerts: { high_error_rate: { threshold: 0.4 } } },
  });
}

async function call(where: Keeper, path: string, body: object): Promise<Response> {
  const response = await fetch(`${where.queryApi}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${where.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response;
}
