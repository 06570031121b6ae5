/** Which query API a command talks to, and the token it shows there. */

import { isLoopbackHost } from '@hookpulse/service-kit/config/address-formats';
import type { Config } from '@hookpulse/service-kit/config/config';
import { readAdminToken } from '@hookpulse/service-kit/process/admin-token';
import { CommandError } from '../command-error.ts';
import { ADDRESS_FORM, originOf, plainAddress } from './address.ts';

/** What every command that asks the query API can be told. */
export interface AccessOptions {
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

export interface ApiAccess {
  /** Without a slash at the end. */
  readonly origin: string;
  /** Null: none is known, so only what is open is answered. */
  readonly token: string | null;
}

/** @throws CommandError when the address is none. */
export async function apiAccess(options: AccessOptions, config: Config): Promise<ApiAccess> {
  const origin = options.url === undefined ? configuredOrigin(config) : givenOrigin(options.url);
  return { origin, token: await tokenFor(origin, options, config) };
}

function configuredOrigin(config: Config): string {
  const origin = originOf('queryApi', config.http);
  if (origin !== null) return origin;
  throw new CommandError(
    'QUERY_API_PORT is 0, so the port changes at every start. Pass the address with --url.',
  );
}

function givenOrigin(text: string): string {
  const origin = plainAddress(text);
  if (origin !== null) return origin;
  throw new CommandError(`--url must be ${ADDRESS_FORM}`);
}

/** The token that start keeps in a file is for this machine, and is not sent beyond it. */
async function tokenFor(
  origin: string,
  { token }: AccessOptions,
  { tokens, dataDir }: Config,
): Promise<string | null> {
  if (token !== undefined) return token;
  if (tokens.admin !== null) return tokens.admin;
  const hostname = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  const kept = isLoopbackHost(hostname) ? await readAdminToken(dataDir) : null;
  // With a read token alone start keeps one, too, so that administration stays possible.
  return kept ?? tokens.read;
}
