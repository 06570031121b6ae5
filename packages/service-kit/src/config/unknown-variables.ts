/** Variables that are meant for Hookpulse by their prefix, and that it does not know. */
import { nearestName } from '@hookpulse/common/values/nearest-name';
import type { Environment } from './read-values.ts';
import { VARIABLE_NAMES } from './variables.ts';

/** What `docker-compose.yml` takes from the same `.env` file. */
const COMPOSE_NAMES = ['CLICKHOUSE_USER', 'CLICKHOUSE_PASSWORD', 'CLICKHOUSE_PORT', 'KAFKA_PORT'];
/** What the command line takes from the environment. */
const COMMAND_NAMES = ['FORWARD_SECRET'];
const OWN_PREFIX = /^(WEBHOOK|KAFKA|CLICKHOUSE|SMTP|FORWARD|ALERT|PAGERDUTY)_/i;
/** What Kubernetes sets for every service of a namespace, one named `kafka` included. */
const SERVICE_LINK = /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP)(_|$)/;
const SERVICE_ADDRESS = /^(tcp|udp):\/\//;

/** One sentence for each, with the nearest known name. Values are not told: they may be secrets. */
export function unknownVariables(env: Environment): readonly string[] {
  const known = new Set<string>([...VARIABLE_NAMES, ...COMPOSE_NAMES, ...COMMAND_NAMES]);
  const unknown = Object.entries(env).filter(
    ([name, value]) => OWN_PREFIX.test(name) && !known.has(name) && !isServiceLink(name, value),
  );
  return unknown.map(([name]) => {
    const [prefix = ''] = OWN_PREFIX.exec(name.toUpperCase()) ?? [];
    const siblings = VARIABLE_NAMES.filter((one) => one.startsWith(prefix));
    const nearest = nearestName(name, siblings);
    const hint = nearest === null ? '' : `. Did you mean ${JSON.stringify(nearest)}?`;
    return `Unknown variable ${JSON.stringify(name)}${hint}`;
  });
}

function isServiceLink(name: string, value = ''): boolean {
  return SERVICE_LINK.test(name) || SERVICE_ADDRESS.test(value);
}
