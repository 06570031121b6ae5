/** `hookpulse size`: how large a Hookpulse has to be, calculated and not asked of a running one. */
import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../command-error.ts';
import {
  parseAmount,
  parseBytes,
  parseRetention,
  parseUpdateRate,
  parseWholeDays,
} from '../sizing/amounts.ts';
import { limitsOf } from '../sizing/limits.ts';
import { showSize, sizeJson } from '../sizing/show-size.ts';
import { type Demand, sizeFor } from '../sizing/size.ts';
import type { CommandContext } from './command-context.ts';
import { parseCount, parseShare } from './load-values.ts';

interface SizeOptions {
  readonly updates: number;
  readonly mean?: number;
  readonly bots: number;
  readonly retention: number;
  readonly logRetention?: number;
  readonly updateBytes: number;
  readonly reportsPerUpdate: number;
  readonly forwarded: number;
  readonly replicas: number;
  readonly busy: number;
  readonly largestBot?: number;
  readonly json?: boolean;
}

const MAX_REPLICAS = 7;
const MIN_BUSY = 0.2;
const MAX_REPORTS = 20;

export function registerSize(program: Command, context: CommandContext): void {
  program
    .command('size')
    .description('calculate instances, cores, memory, partitions, network and disks for a load')
    .requiredOption(
      '--updates <rate>',
      'updates at the busiest time: 500/s, 100k/s, 6M/min',
      parseUpdateRate,
    )
    .option(
      '--mean <rate>',
      'updates on average, which disks are for (default: as --updates)',
      parseUpdateRate,
    )
    .option('--bots <n>', 'number of bots: 500, 10k, 1M', parseAmount, 1_000)
    .option(
      '--retention <time>',
      'how long raw events are kept, rounded up to whole days: 36h, 7d, 4w',
      parseWholeDays,
      7,
    )
    .option(
      '--log-retention <time>',
      'how long the log is kept (default: as --retention)',
      parseRetention,
    )
    .option('--update-bytes <size>', 'JSON of an update: 500, 2kB', parseBytes, 500)
    .option(
      '--reports-per-update <n>',
      'events that bots report themselves, of an update',
      parseReports,
      1,
    )
    .option(
      '--forwarded <share>',
      "share of updates forwarded to bots' own URLs: 0.5 or 50%",
      parseShare(),
      0,
    )
    .option('--replicas <n>', 'of topics and tables', parseCount(1, MAX_REPLICAS), 3)
    .option('--busy <share>', 'how busy a core may be at the busiest time', parseBusy, 0.6)
    .option('--largest-bot <rate>', 'updates of the largest bot', parseUpdateRate)
    .option('--json', 'print JSON')
    .action((options: SizeOptions) => {
      const demand = demandOf(options);
      const size = sizeFor(demand);
      const limits = limitsOf(demand, size);
      const { terminal } = context;
      if (options.json) terminal.print(JSON.stringify(sizeJson(demand, size, limits), null, 2));
      else showSize(demand, size, limits, terminal);
    });
}

/** @throws UsageError when the options contradict each other */
function demandOf(options: SizeOptions): Demand {
  const { updates, mean = updates, largestBot = null } = options;
  if (mean > updates) {
    throw new UsageError('--mean is above --updates, which is the rate at the busiest time.');
  }
  if (largestBot !== null && largestBot > updates) {
    throw new UsageError(
      '--largest-bot is above --updates, which is the rate of all bots together.',
    );
  }
  return {
    updatesPerSecond: updates,
    meanUpdatesPerSecond: mean,
    bots: options.bots,
    retentionDays: options.retention,
    logRetentionDays: options.logRetention ?? options.retention,
    updateBytes: options.updateBytes,
    reportsPerUpdate: options.reportsPerUpdate,
    forwardedShare: options.forwarded,
    replicas: options.replicas,
    busyShare: options.busy,
    largestBot,
  };
}

function parseReports(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text.trim()) && value <= MAX_REPORTS) return value;
  throw new InvalidArgumentError(`Must be a number from 0 to ${MAX_REPORTS}, such as 1 or 0.5.`);
}

/** Below the least, what a process needs when idle would be most of it. */
function parseBusy(text: string): number {
  const value = parseShare()(text);
  if (value >= MIN_BUSY) return value;
  throw new InvalidArgumentError(`Must be a share from ${MIN_BUSY} to 1, or from 20% to 100%.`);
}
