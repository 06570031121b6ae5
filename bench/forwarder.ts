/**
 * Forwarding to bots, in parts:
 *
 * - `hand-over`: from ingest's 200 to the request at the bot, at a steady rate over 100 bots.
 * - `rate`: how many updates a second get from Telegram's side to 100 bots, load and bots on the same machine.
 * - `isolation`: how much later others get theirs while one of 10 bots hangs and has a backlog.
 * - `catch-up`: a bot that was away for an hour; rate, order, connections and memory.
 * - `bots`: 10,000 bots, of which 100 fail and 10 are silent; memory, descriptors, CPU.
 *
 * `embedded` is the product as `npm start` runs it. `kafka` is a broker, one ingest and one forwarder as
 * processes of their own; the last two parts run there, without ingest. The bots answer at once, and all of
 * them are one process.
 *
 *   node bench/forwarder.ts [--only <part>] [--engine embedded|kafka] [--short] [--rate 1000]
 *                           [--seconds 30] [--rates 2000,3000,4000] [--backlog 720000] [--json]
 */
import { benchOptions, numberOption, orExit, UsageError } from './lib/bench-options.ts';
import { type BenchBots, startBenchBots } from './lib/forward-bots.ts';
import { measureCatchUp } from './lib/forward-catch-up.ts';
import { measureHandOver } from './lib/forward-hand-over.ts';
import { measureIsolation } from './lib/forward-isolation.ts';
import { measureManyBots } from './lib/forward-many-bots.ts';
import { ENGINES } from './lib/forward-rig.ts';
import { type Figures, writeResult } from './lib/results.ts';

const PARTS = ['hand-over', 'rate', 'isolation', 'catch-up', 'bots'] as const;
/** As many as come in an hour at 200 a second. */
const HOUR_BACKLOG = 720_000;

const options = benchOptions({
  only: { type: 'string' },
  engine: { type: 'string' },
  /** A tenth of the time and of the updates: to see that it works. */
  short: { type: 'boolean', default: false },
  rate: { type: 'string', default: '1000' },
  seconds: { type: 'string' },
  rates: { type: 'string', default: '2000,3000,4000,5000' },
  /** Of the parts `isolation` (default: 100,000) and `catch-up`. */
  backlog: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const parts = orExit(() => chosen('--only', PARTS, options.only));
const engines = orExit(() => chosen('--engine', ENGINES, options.engine));
const scale = options.short ? 0.1 : 1;
const perSecond = numberOption('rate', options.rate);
const seconds =
  options.seconds === undefined ? 30 * scale : numberOption('seconds', options.seconds);
const givenBacklog =
  options.backlog === undefined ? null : numberOption('backlog', options.backlog);
const backlogOf = (whole: number) => givenBacklog ?? whole * scale;
const ratesAskedFor = options.rates.split(',').map((rate) => numberOption('rates', rate));

const figures: Record<string, Figures[string]> = { perSecond, seconds };
for (const engine of engines) {
  const isLatencyMeasured = parts.includes('hand-over');
  const rates = parts.includes('rate') ? ratesAskedFor : [];
  if (isLatencyMeasured || rates.length > 0) {
    await measure((bots) =>
      measureHandOver(bots, { engine, perSecond, seconds, rates }, isLatencyMeasured),
    );
  }
  if (parts.includes('isolation')) {
    const backlog = backlogOf(100_000);
    const rounds = options.short ? 1 : 3;
    await measure((bots) =>
      measureIsolation(bots, { engine, perSecond, seconds, rounds, backlog }),
    );
  }
}
if (parts.includes('catch-up')) {
  const backlog = backlogOf(HOUR_BACKLOG);
  await measure((bots) =>
    measureCatchUp(bots, { backlog, maxConnections: 40, limitSeconds: 1_200 * scale }),
  );
}
if (parts.includes('bots')) {
  const fleet = { bots: 10_000 * scale, failing: 100 * scale, silent: 10 * scale };
  await measure((bots) =>
    measureManyBots(bots, { ...fleet, perSecond, seconds: Math.max(10, seconds * 2) }),
  );
}
writeResult('forwarder', figures, options);

/** Bots of their own for each part, so that none has seen the updates of another. */
async function measure(part: (bots: BenchBots) => Promise<Figures>): Promise<void> {
  const bots = await startBenchBots();
  try {
    const seen = await part(bots);
    Object.assign(figures, seen);
    console.error(seen);
  } finally {
    await bots.close();
  }
}

/** @param only - undefined: all  @throws UsageError */
function chosen<Name extends string>(
  option: string,
  all: readonly Name[],
  only: string | undefined,
): readonly Name[] {
  const names = all.filter((name) => only === undefined || name === only);
  if (names.length > 0) return names;
  throw new UsageError(`${option} is "${only}". It must be one of ${all.join(', ')}.`);
}
