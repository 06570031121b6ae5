/** Does every service do its work, on time, by the same clock? Asked of its own probes and metrics. */

import type { Config } from '@hookpulse/service-kit/config/config';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ApiAccess } from '../api/access.ts';
import { originOf, type ServicePort } from '../api/address.ts';
import { type Check, failureWords } from './check.ts';
import { checkClock } from './clock-check.ts';
import { checkReadLag, READERS } from './read-lag-check.ts';

interface Service {
  readonly name: string;
  readonly port: ServicePort;
  readonly script: string;
  readonly variable: string;
}

const SERVICES: readonly Service[] = [
  { name: 'ingest', port: 'ingest', script: 'start:ingest', variable: 'INGEST_PORT' },
  {
    name: 'aggregator',
    port: 'aggregator',
    script: 'start:aggregator',
    variable: 'AGGREGATOR_PORT',
  },
  { name: 'alerter', port: 'alerter', script: 'start:alerter', variable: 'ALERTER_PORT' },
  { name: 'forwarder', port: 'forwarder', script: 'start:forwarder', variable: 'FORWARDER_PORT' },
  { name: 'query API', port: 'queryApi', script: 'start:query-api', variable: 'QUERY_API_PORT' },
];
/** A service gives each of its engines 2 s. */
const ANSWER_TIMEOUT_MS = 5_000;

const errorBody = Compile(ErrorBodySchema);

/** @param api - where the query API is, which may be elsewhere than the configuration says */
export async function checkServices(http: Config['http'], api: ApiAccess): Promise<Check[]> {
  const checks = await Promise.all(
    SERVICES.map(async (service) => {
      const origin = service.port === 'queryApi' ? api.origin : originOf(service.port, http);
      if (origin === null) return [portUnknown(service.name)];
      const ready = await checkService(service, origin, api.token);
      const isReader = READERS.has(service.name) && ready.state === 'ok';
      return [ready, ...(isReader ? [await checkReadLag(service.name, origin, api.token)] : [])];
    }),
  );
  return [...checks.flat(), await checkClock('clock', api.origin)];
}

function portUnknown(name: string): Check {
  return { name, state: 'skipped', detail: 'its port is 0, so it changes at every start' };
}

async function checkService(
  { name, script, variable }: Service,
  origin: string,
  token: string | null,
): Promise<Check> {
  try {
    const response = await fetch(`${origin}/readyz`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok && isReadiness(body))
      return { name, state: 'ok', detail: `ready at ${origin}` };
    if (response.ok || !errorBody.Check(body)) {
      return {
        name,
        state: 'problem',
        detail: `another program answers at ${origin} (status ${response.status})`,
        remedy: `Stop that program, or set ${variable} to a free port and restart.`,
      };
    }
    return {
      name,
      state: 'problem',
      detail: `not ready at ${origin}: ${reasonOf(body)}`,
      remedy: `Look at the engine that it names in the checks below and in the log output of the ${name}. It goes on by itself.`,
    };
  } catch (error) {
    const isLate = failureWords(error) === 'timeout';
    const what = isLate ? 'did not answer in time' : 'does not answer; is it running?';
    const remedy = isLate
      ? `The process is busy or stuck: look at its CPU and log output, and restart it.`
      : `Start it with npm start or npm run ${script}, or set ${variable} and HOST to where it listens.`;
    return { name, state: 'problem', detail: `${origin} ${what}`, remedy };
  }
}

/** `{"status":"ok",…}` */
function isReadiness(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok';
}

function reasonOf({ error, details }: Static<typeof ErrorBodySchema>): string {
  if (details.length === 0) return error;
  return details.map(({ field, message }) => `${field ?? ''} ${message}`.trim()).join('; ');
}
