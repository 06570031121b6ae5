/** Who asks: by HTTP Basic, by ClickHouse's own headers, or in the URL. */
import { ClickHouseException } from './exceptions.ts';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** @throws ClickHouseException unless the request comes with these credentials, given in one way */
export function authenticate(headers: Headers, url: URL, expected: Credentials): void {
  const ways = [fromAuthorization(headers), fromHeaders(headers), fromUrl(url)];
  const given = ways.filter((way) => way !== null);
  if (given.length > 1) throw authenticationFailed('Invalid authentication: it is given twice.');
  // Who does not say who they are is the user `default` without a password.
  const { user, password } = given[0] ?? { user: 'default', password: '' };
  if (user === expected.user && password === expected.password) return;
  throw authenticationFailed(
    `${user}: Authentication failed: password is incorrect, or there is no user with such name.`,
  );
}

function fromAuthorization(headers: Headers): Credentials | null {
  const header = headers.get('authorization');
  if (header === null) return null;
  const [, encoded] = /^Basic (.*)$/i.exec(header) ?? [];
  if (encoded === undefined) throw authenticationFailed('Only HTTP Basic is supported.');
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return { user, password: rest.join(':') };
}

function fromHeaders(headers: Headers): Credentials | null {
  return credentials(headers.get('x-clickhouse-user'), headers.get('x-clickhouse-key'));
}

function fromUrl({ searchParams }: URL): Credentials | null {
  return credentials(searchParams.get('user'), searchParams.get('password'));
}

function credentials(user: string | null, password: string | null): Credentials | null {
  if (user === null && password === null) return null;
  return { user: user ?? 'default', password: password ?? '' };
}

function authenticationFailed(description: string): ClickHouseException {
  return new ClickHouseException(516, 'AUTHENTICATION_FAILED', description);
}
