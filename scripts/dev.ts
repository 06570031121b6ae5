/**
 * `npm run dev`: the five services as processes of their own, each started again when its sources
 * change, on the engines of `npm run dev:infra`, which are started too where they do not run yet.
 * KAFKA_BROKERS and CLICKHOUSE_URL name others.
 */
import { environmentWithFile } from '@hookpulse/service-kit/process/env';
import { concurrently } from 'concurrently';
import { isClickHouseAnswering } from '../test/clickhouse-server/probe.ts';
import { isKafkaAnswering } from '../test/kafka-broker/probe.ts';
import { DEV_ENGINES } from './dev-infra/addresses.ts';
import { LAUNCH_ENVIRONMENT, nodeFlags } from './launch.mjs';

const SERVICES = [
  { name: 'ingest', prefixColor: 'cyan' },
  { name: 'aggregator', prefixColor: 'magenta' },
  { name: 'alerter', prefixColor: 'yellow' },
  { name: 'forwarder', prefixColor: 'white' },
  { name: 'query-api', prefixColor: 'green' },
] as const;

const given = environmentWithFile(process.env);
const env = { ...DEV_ENGINES, ...given };
const isOnDevEngines = Object.entries(DEV_ENGINES).every(
  ([name, value]) => env[name as keyof typeof env] === value,
);

const { result } = concurrently(
  [
    ...(isOnDevEngines && !(await areAnswering())
      ? [{ name: 'engines', prefixColor: 'blue', command: node('scripts/dev-infra.ts'), env }]
      : []),
    ...SERVICES.map(({ name, prefixColor }) => ({
      name,
      prefixColor,
      command: node(`services/${name}/src/main.ts`, ['--watch-preserve-output', '--watch']),
      env: { ...LAUNCH_ENVIRONMENT, ...env },
    })),
  ],
  { prefix: 'name', padPrefix: true, killOthersOn: ['failure', 'success'], killTimeout: 12_000 },
);
// Stopped by Ctrl-C they all "fail", which is what was wanted.
await result.catch(() => undefined);

/** Services wait for engines that are late, so only whether to start some is of interest. */
async function areAnswering(): Promise<boolean> {
  const answers = await Promise.all([
    isKafkaAnswering([DEV_ENGINES.KAFKA_BROKERS]),
    isClickHouseAnswering(DEV_ENGINES.CLICKHOUSE_URL),
  ]);
  return answers.every(Boolean);
}

function node(file: string, flags: readonly string[] = []): string {
  // A shell runs it, and the checkout may be in a folder with a space.
  return [`"${process.execPath}"`, ...nodeFlags(file, env), ...flags, file].join(' ');
}
