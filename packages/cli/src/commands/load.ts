/** `hookpulse load`: realistic traffic, for trying Hookpulse and for finding out what it takes. */

import { systemClock } from '@hookpulse/common/runtime/clock';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { isLoopbackHost } from '@hookpulse/service-kit/config/address-formats';
import type { LoadShape } from '@hookpulse/traffic/load-plan';
import { type Command, CommanderError, Option } from 'commander';
import { apiAccess } from '../api/access.ts';
import { ADDRESS_FORM, originOf, plainAddress } from '../api/address.ts';
import { QueryApi } from '../api/query-api.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { listLoadBots, prepareLoadBots, removeLoadBots } from '../load/load-bots.ts';
import { runLoad } from '../load/run-load.ts';
import { isFine, loadJson, showLoad } from '../load/show-load.ts';
import { readSettings } from '../settings.ts';
import { type ApiOptions, type CommandContext, withApiOptions } from './command-context.ts';
import { parseCount, parseDuration, parseRate, parseShare } from './load-values.ts';

interface LoadOptions extends ApiOptions {
  readonly ingestUrl?: string;
  readonly bots: number;
  readonly rate: number;
  readonly duration: number;
  readonly burst: number;
  readonly errorShare: number;
  readonly slowShare: number;
  readonly duplicates: number;
  readonly silentBot?: boolean;
  readonly seed?: number;
  readonly remove?: boolean;
  readonly yes?: boolean;
}

const MAX_BOTS = 10_000;
/** One process makes no more; what is asked for beyond it would only be late. */
const MAX_RATE = 20_000;
const MAX_SEED = 2 ** 31 - 1;

export function registerLoad(program: Command, context: CommandContext): void {
  const command = program
    .command('load')
    .description(
      'send simulated traffic of Telegram and bots to a running Hookpulse and print the results',
    );
  withApiOptions(command)
    .option('--ingest-url <url>', 'where ingest is (default: HOST and INGEST_PORT)')
    .option(
      '--bots <n>',
      'number of bots: load-0001, load-0002, …; the first has the most traffic',
      parseCount(1, MAX_BOTS),
      10,
    )
    .option(
      '--rate <n>',
      'updates per second, sent on time even while earlier ones wait for their answers',
      parseRate(MAX_RATE),
      20,
    )
    .addOption(
      new Option('--duration <time>', 'how long to send: 30s, 5m, 1h')
        .argParser(parseDuration())
        .default(60_000, '1m'),
    )
    .option(
      '--burst <n>',
      'in one second of ten, send this many times as many; the mean stays the same',
      parseRate(100),
      1,
    )
    .option(
      '--error-share <share>',
      'share of updates that bots fail to process: 0.02 or 2%',
      parseShare(),
      0.02,
    )
    .option('--slow-share <share>', 'share of updates that take seconds', parseShare(), 0.03)
    .option(
      '--duplicates <share>',
      'share of updates that are delivered twice, as Telegram does',
      parseShare(),
      0.01,
    )
    .option('--silent-bot', 'stop the traffic of the last bot halfway')
    .option(
      '--seed <n>',
      'seed that repeats the same traffic, but for ids and times (default: different traffic each time)',
      parseCount(0, MAX_SEED),
    )
    .option('--remove', 'only remove the bots of earlier loads; their history is kept')
    .option('--yes', 'do not ask before removing, and allow a target on another machine')
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : new CommanderError(2, error.code, error.message);
    })
    .action((options: LoadOptions) => (options.remove ? remove : load)(options, context));
}

async function load(options: LoadOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { ingest, api } = await targetOf(options, context);
  const shape = shapeOf(options);
  const preparing = createProgress('bots', options.bots);
  const bots = await prepareLoadBots(api, options.bots, () => preparing.advance(1));
  preparing.finish();
  const interrupted = new AbortController();
  const forget = terminal.onInterrupt(() => interrupted.abort());
  try {
    const report = await runLoad(
      { ingest, api, bots, clock: systemClock },
      shape,
      interrupted.signal,
    );
    if (options.json) terminal.print(JSON.stringify(loadJson(report, shape), null, 2));
    else showLoad(report, shape, terminal);
    if (!isFine(report)) context.markFailed();
  } finally {
    forget();
  }
}

async function remove(options: LoadOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { api } = await targetOf(options, context);
  const botIds = await listLoadBots(api);
  if (botIds.length > 0 && !(await isWanted(botIds, options, context))) {
    throw new CommandError('nothing was removed (use --yes to remove without asking).');
  }
  const progress = createProgress('bots', botIds.length);
  await removeLoadBots(api, botIds, () => progress.advance(1));
  progress.finish();
  if (options.json) terminal.print(JSON.stringify({ removed: botIds }, null, 2));
  else terminal.print(terminal.style('green', `✓ ${botIds.length} bots were removed`));
}

async function isWanted(
  botIds: readonly string[],
  { yes }: LoadOptions,
  { terminal }: CommandContext,
): Promise<boolean> {
  if (yes) return true;
  if (!terminal.isInteractive) return false;
  const [first, last] = [botIds[0], botIds.at(-1)];
  return terminal.confirm(
    `Remove ${botIds.length} bots, ${first} to ${last}? Their history is kept.`,
  );
}

/** @throws UsageError for a machine that is not this one, unless that is said to be wanted */
async function targetOf(
  options: LoadOptions,
  { env }: CommandContext,
): Promise<{ ingest: string; api: QueryApi }> {
  const { config } = readSettings(env);
  const access = await apiAccess(options, config);
  const { ingestUrl } = options;
  const ingest =
    ingestUrl === undefined ? originOf('ingest', config.http) : plainAddress(ingestUrl);
  if (ingest === null) {
    throw new UsageError(
      ingestUrl === undefined
        ? 'INGEST_PORT is 0. Pass the address with --ingest-url.'
        : `--ingest-url must be ${ADDRESS_FORM}`,
    );
  }
  for (const origin of [ingest, access.origin]) assertMeant(origin, options);
  return { ingest, api: new QueryApi(access) };
}

function assertMeant(origin: string, { yes }: LoadOptions): void {
  const host = new URL(origin).hostname.replace(/^\[|\]$/g, '');
  if (yes || isLoopbackHost(host)) return;
  throw new UsageError(
    `${origin} is another machine, and this load would show up in its metrics and alerts. Use --yes to continue.`,
  );
}

function shapeOf(options: LoadOptions): LoadShape {
  if (options.silentBot && options.bots < 2) {
    throw new UsageError('--silent-bot requires at least two bots, because one has to go on.');
  }
  return {
    perSecond: options.rate,
    durationMs: options.duration,
    burst: options.burst,
    seed: options.seed ?? Math.floor(Math.random() * MAX_SEED),
    errorShare: options.errorShare,
    slowShare: options.slowShare,
    duplicateShare: options.duplicates,
    hasSilentBot: options.silentBot ?? false,
  };
}
