/** What `npm run demo` says when there is something to look at: where, and what. */
import { styleText } from 'node:util';

export interface BannerFacts {
  /** Origin of the query API, which serves the dashboard. */
  readonly dashboard: string;
  readonly ingest: string;
  readonly adminToken: string;
  readonly folder: string;
  readonly bots: number;
  /** Alerts that fire. */
  readonly firing: number;
}

const WIDTH = 78;

export function banner({
  dashboard,
  ingest,
  adminToken,
  folder,
  bots,
  firing,
}: BannerFacts): string {
  const rule = dim('─'.repeat(WIDTH));
  return [
    '',
    rule,
    `  ${bold('Hookpulse demo')}   ${bots} bots with history, ${firing} firing alerts`,
    '',
    `  ${dim('open')}     ${styled(['bold', 'cyan'], dashboard)}`,
    `  ${dim('sign in')}  ${bold(adminToken)}   ${dim('(admin token)')}`,
    '',
    dim('  Worth a look'),
    '  Payments        its buttons fail since v2.3: an alert fires within minutes',
    '  Invoices        unhealthy: its database has no connections left',
    '  Image studio    slow p95, normal median',
    '  Warehouse       silent for two hours; its mails are silenced',
    '  Door bell       somebody is guessing its secret',
    '  Quiz night      starts failing in two minutes, then recovers',
    '',
    `  ${dim('ingest')}   ${ingest}`,
    `  ${dim('mails')}    ${folder}/outbox   ${dim('(nothing is sent)')}`,
    `  ${dim('log')}      ${folder}/hookpulse.log`,
    '',
    dim('  Send more traffic, or use any other command:'),
    `  DATA_DIR=${quoted(folder)} QUERY_API_PORT=${portOf(dashboard)} INGEST_PORT=${portOf(ingest)} npx hookpulse load`,
    rule,
    `  ${dim('Ctrl-C stops everything.')}`,
    '',
  ].join('\n');
}

function portOf(origin: string): string {
  return new URL(origin).port;
}

/** For a shell. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

function bold(text: string): string {
  return styled(['bold'], text);
}

function dim(text: string): string {
  return styled(['dim'], text);
}

function styled(styles: ('bold' | 'dim' | 'cyan')[], text: string): string {
  return styleText(styles, text, { stream: process.stdout });
}
