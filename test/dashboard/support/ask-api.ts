/** What somebody else does meanwhile, with the admin token. */
import { type Dashboard, TOKENS } from './open-dashboard.ts';

export async function askAsAdmin(
  { urls }: Pick<Dashboard, 'urls'>,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: object,
): Promise<unknown> {
  const response = await fetch(urls.queryApi + path, {
    method,
    headers: {
      authorization: `Bearer ${TOKENS.admin}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.status === 204 ? undefined : response.json();
}
