/** `hookpulse replay`: delivers updates of a bot again. */
import { REPLAYED_KINDS, type Replay, ReplaySchema } from '@hookpulse/api/updates';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';
import { quantity } from '../output/quantity.ts';
import { parseTime, TIME_FORMS } from '../times.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface ReplayOptions extends ApiOptions {
  readonly update?: readonly number[];
  readonly from?: string;
  readonly to?: string;
  readonly only?: (typeof REPLAYED_KINDS)[number];
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function registerReplay(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('replay <bot_id>')
      .description('deliver updates of a bot again, in their order, behind those that wait for it'),
  )
    .option('--update <update_id...>', 'these updates', updateIds)
    .option(
      '--from <time>',
      `updates received from then on: ${TIME_FORMS} (default: all on the log)`,
    )
    .option('--to <time>', 'updates received before then (default: now)')
    .addOption(
      new Option(
        '--only <kind>',
        'failed: whose last outcome is an error; dead: which were given up (default: all)',
      ).choices(REPLAYED_KINDS),
    )
    .option('--dry-run', 'count them, and deliver nothing')
    .option('--yes', 'do not ask for confirmation; required without a terminal')
    .action((botId: string, options: ReplayOptions) => replay(botId, options, context));
}

async function replay(
  botId: string,
  options: ReplayOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, nowMs } = context;
  const time = (text: string, option: string) =>
    new Date(parseTime(text, option, nowMs)).toISOString();
  const { update: ids, from, to, only, dryRun = false } = options;
  if ((ids ?? from ?? to ?? only) === undefined) {
    throw new CommandError(
      'Say which updates: --update, --from, --to or --only. --only all: every update on the log.',
    );
  }
  // The end is fixed here, so that what is asked about is what is delivered.
  const end = to === undefined && ids === undefined ? new Date(nowMs).toISOString() : null;
  const request = {
    bot_id: botId,
    ...(ids === undefined ? {} : { update_ids: ids }),
    ...(from === undefined ? {} : { from: time(from, '--from') }),
    ...(to === undefined ? {} : { to: time(to, '--to') }),
    ...(end === null ? {} : { to: end }),
    ...(only === undefined ? {} : { only }),
  };
  const api = await openApi(options, context);
  if (dryRun) {
    show(await run(api, { ...request, dry_run: true }), options, context);
    return;
  }
  if (!options.yes) {
    if (!terminal.isInteractive) {
      throw new CommandError(
        'The bot gets these updates again. Without a terminal this requires --yes.',
      );
    }
    const { updates } = await run(api, { ...request, dry_run: true });
    const question = `Deliver ${quantity(updates, 'update')} to ${botId} again?`;
    if (!(await terminal.confirm(question))) throw new CommandError('nothing was done.');
  }
  show(await run(api, request), options, context);
}

/** All parts of it, one after the other. */
async function run(api: QueryApi, request: object): Promise<Replay> {
  let updates = 0;
  let first: Replay['first'] = null;
  let last: Replay['last'] = null;
  let cursor: string | null = null;
  for (;;) {
    const body: object = { ...request, ...(cursor === null ? {} : { cursor }) };
    const part: Replay = await api
      .post('/api/updates/replay', body, ReplaySchema)
      .catch((error: unknown) => {
        throw last === null ? error : cutOff(error, updates, last);
      });
    updates += part.updates;
    first ??= part.first;
    last = part.last ?? last;
    cursor = part.next_cursor;
    if (cursor === null) return { ...part, updates, first, last };
  }
}

/** The same command once more would deliver these again. */
function cutOff(error: unknown, updates: number, last: NonNullable<Replay['last']>): CommandError {
  const reason = error instanceof Error ? error.message : String(error);
  return new CommandError(
    `${reason}\nBefore that ${quantity(updates, 'update')} were queued, the last one received at ${last.received_at}. Go on with --from ${last.received_at}.`,
  );
}

function show(replay: Replay, { json }: ReplayOptions, { terminal }: CommandContext): void {
  const { next_cursor: _cursor, ...shown } = replay;
  if (json) {
    terminal.print(JSON.stringify(shown, null, 2));
    return;
  }
  const { bot_id: botId, updates, first, last } = replay;
  const count = quantity(updates, 'update');
  if (updates === 0) terminal.print('No updates match.');
  else if (replay.dry_run) terminal.print(`${count} of ${botId} would be delivered again`);
  else terminal.print(terminal.style('green', `✓ ${count} will be delivered to ${botId} again`));
  if (first !== null && last !== null) {
    const span = `  received ${first.received_at} to ${last.received_at}`;
    terminal.print(terminal.style('dim', `${span}; replay ${replay.replay_id}`));
  }
}

function updateIds(text: string, before: readonly number[] = []): readonly number[] {
  const id = Number(text);
  if (/^-?\d{1,16}$/.test(text) && Number.isSafeInteger(id)) return [...before, id];
  throw new InvalidArgumentError('Must be an integer from -(2^53 - 1) to 2^53 - 1.');
}
