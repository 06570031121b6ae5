/** Does every service do its work? Asked of its own `readyz`. */

import type { Config } from '@hookpulse/service-kit/config/config';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import { Compile } from 'typebox/compile';
import type { ApiAccess } from '../api/access.ts';
import { originOf, type ServicePort } from '../api/address.ts';
import type { Check } from './check.ts';

const SERVICES: readonly (readonly [name: string, port: ServicePort])[] = [
  ['ingest', 'ingest'],
  ['aggregator', 'aggregator'],
  ['alerter', 'alerter'],
  ['forwarder', 'forwarder'],
  ['query API', 'queryApi'],
];
/** A service gives each of its engines 2 s. */
const ANSWER_TIMEOUT_MS = 5_000;

const errorBody = Compile(ErrorBodySchema);

/** @param api - where the query API is, which may be elsewhere than the configuration says */
export function checkServices(http: Config['http'], api: ApiAccess): Promise<Check[]> {
  return Promise.all(
    SERVICES.map(([name, port]) => {
      const origin = port === 'queryApi' ? api.origin : originOf(port, http);
      return origin === null ? portUnknown(name) : checkService(name, origin, api.token);
    }),
  );
}

function portUnknown(name: string): Check {
  return { name, state: 'skipped', detail: 'its port is 0, so it changes at every start' };
}

async function checkService(name: string, origin: string, token: string | null): Promise<Check> {
  try {
    const response = await fetch(`${origin}/readyz`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (response.ok) return { name, state: 'ok', detail: `ready at ${origin}` };
    const reason = await reasonOf(response);
    return { name, state: 'problem', detail: `not ready at ${origin}: ${reason}` };
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    const what = isLate ? 'did not answer in time' : 'does not answer; is it running?';
    return { name, state: 'problem', detail: `${origin} ${what}` };
  }
}

async function reasonOf(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  if (!errorBody.Check(body)) return `status ${response.status}`;
  if (body.details.length === 0) return body.error;
  return body.details.map(({ field, message }) => `${field ?? ''} ${message}`.trim()).join('; ');
}
