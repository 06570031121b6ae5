/** What `npm run dev:infra` says when both engines answer. */
import { join } from 'node:path';
import { styleText } from 'node:util';
import type { EngineFolders } from './prepare-folder.ts';

export interface RunningEngines {
  /** `host:port` */
  readonly kafkaBroker: string;
  readonly clickHouseUrl: string;
  readonly folders: EngineFolders;
}

export function announcement({ kafkaBroker, clickHouseUrl, folders }: RunningEngines): string {
  const { root, kafka, clickHouse } = folders;
  return [
    '',
    style('bold', 'Kafka and ClickHouse are running, for development.'),
    `  Kafka       ${kafkaBroker}`,
    `  ClickHouse  ${new URL(clickHouseUrl).origin}    chDB behind ClickHouse's HTTP interface`,
    `  data        ${root}`,
    style('dim', `  logs        ${join(kafka, 'broker.log')}`),
    style('dim', `              ${join(clickHouse, 'server.log')}`),
    '',
    style('bold', 'For npm start, the services and the tests, in another terminal:'),
    '',
    style('green', `export KAFKA_BROKERS=${kafkaBroker}`),
    style('green', `export CLICKHOUSE_URL=${clickHouseUrl}`),
    '',
    style('dim', 'Ctrl-C stops both. Their data is kept unless the next start uses --fresh.'),
    '',
  ].join('\n');
}

function style(format: 'bold' | 'dim' | 'green', text: string): string {
  return styleText(format, text, { stream: process.stdout });
}
