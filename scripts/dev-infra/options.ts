/** What `npm run dev:infra -- …` takes. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { port } from '@hookpulse/service-kit/config/address-formats';
import { DEV_CLICKHOUSE_PORT, DEV_KAFKA_PORT } from './addresses.ts';

export interface DevInfraOptions {
  readonly kafkaPort: number;
  readonly clickHousePort: number;
  /** Holds the data of both, and their logs. */
  readonly folder: string;
  /** Start without the data of before. */
  readonly isFresh: boolean;
  /** Whoever starts it has said already that the data may go. */
  readonly isSure: boolean;
  readonly wantsHelp: boolean;
}

/** What was given makes no sense; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_FOLDER = join(import.meta.dirname, '..', '..', 'data', 'dev-infra');

export const USAGE = `npm run dev:infra [-- options]

Starts Kafka and a ClickHouse-compatible server for development, without Docker,
and keeps their data for the next time.

  --kafka-port <port>        default ${DEV_KAFKA_PORT}
  --clickhouse-port <port>   default ${DEV_CLICKHOUSE_PORT}
  --data-dir <folder>        default data/dev-infra
  --fresh                    delete existing data
  --yes                      do not ask before deleting
  --help`;

/** @throws UsageError */
export function readOptions(args: readonly string[]): DevInfraOptions {
  const values = parse(args);
  return {
    kafkaPort: portOf('--kafka-port', values['kafka-port'], DEV_KAFKA_PORT),
    clickHousePort: portOf('--clickhouse-port', values['clickhouse-port'], DEV_CLICKHOUSE_PORT),
    folder: values['data-dir'] ?? DEFAULT_FOLDER,
    isFresh: values.fresh,
    isSure: values.yes,
    wantsHelp: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        'kafka-port': { type: 'string' },
        'clickhouse-port': { type: 'string' },
        'data-dir': { type: 'string' },
        fresh: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function portOf(option: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const value = port.parse(text);
  if (value === undefined || value === 0) {
    throw new UsageError(`${option} takes a port from 1 to 65535, not ${text}`);
  }
  return value;
}
