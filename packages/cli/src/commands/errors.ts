/** `hookpulse errors`: what fails, by group, and resolving or ignoring a group. */
import { type ErrorGroup, ErrorGroupSchema, ErrorGroupsSchema } from '@hookpulse/api/error-groups';
import { errorTitle, kindWords } from '@hookpulse/common/events/cause-words';
import { ERROR_STATES, type ErrorState } from '@hookpulse/common/events/error-state';
import { iso } from '@hookpulse/common/values/iso';
import { type Command, Option } from 'commander';
import { CommandError } from '../command-error.ts';
import { minuteOf } from '../output/minute.ts';
import { quantity } from '../output/quantity.ts';
import { fields, table } from '../output/table.ts';
import type { Style } from '../terminal.ts';
import { parseAhead, parseTime, TIME_FORMS } from '../times.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface RangeOptions extends ApiOptions {
  readonly bot?: string;
  readonly from?: string;
  readonly to?: string;
}

interface ListOptions extends RangeOptions {
  readonly type?: string;
  readonly updateType?: string;
  readonly state?: ErrorState;
  readonly limit: string;
}

interface IgnoreOptions extends ApiOptions {
  readonly until: string;
}

const PATH = '/api/errors';
const DEFAULT_LIMIT = '20';

export function registerErrors(program: Command, context: CommandContext): void {
  const errors = withRange(
    program
      .command('errors')
      .description('show what fails, by group of errors: how often, since when, where'),
  )
    .option('--type <error_type>', 'only errors of this type')
    .option('--update-type <kind>', 'only of updates of this kind, such as callback_query')
    .addOption(new Option('--state <state>', 'only groups in this state').choices(ERROR_STATES))
    .option('--limit <n>', 'maximum number of groups', DEFAULT_LIMIT)
    .action((options: ListOptions) => list(options, context));
  withRange(
    errors.command('show <fingerprint>').description('show one group and its newest events'),
  ).action((fingerprint: string, _: unknown, command: Command) =>
    show(fingerprint, command.optsWithGlobals(), context),
  );
  withApiOptions(
    errors
      .command('resolve <fingerprint>')
      .description('mark a group as resolved; it is back when it happens again'),
  ).action((fingerprint: string, _: unknown, command: Command) =>
    change(fingerprint, { state: 'resolved' }, command.optsWithGlobals(), context),
  );
  withApiOptions(errors.command('ignore <fingerprint>').description('ignore a group for a while'))
    .requiredOption('--until <when>', 'for how long (24h, 7d), or until a time in UTC')
    .action((fingerprint: string, _: unknown, command: Command) => {
      const options: IgnoreOptions = command.optsWithGlobals();
      const untilMs = parseAhead(options.until, '--until', context.nowMs);
      return change(
        fingerprint,
        { state: 'ignored', ignored_until: iso(untilMs) },
        options,
        context,
      );
    });
  withApiOptions(
    errors
      .command('reopen <fingerprint>')
      .description('take back that a group is resolved or ignored'),
  ).action((fingerprint: string, _: unknown, command: Command) =>
    change(fingerprint, { state: 'open' }, command.optsWithGlobals(), context),
  );
}

function withRange(command: Command): Command {
  return withApiOptions(command)
    .option('--bot <bot_id>', 'only errors of this bot')
    .option('--from <time>', `${TIME_FORMS} (default: 24 hours before --to)`)
    .option('--to <time>', `${TIME_FORMS} (default: now)`);
}

async function list(options: ListOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const answer = await (await openApi(options, context)).get(PATH, ErrorGroupsSchema, {
    ...rangeQuery(options, context),
    error_type: options.type,
    update_type: options.updateType,
    state: options.state,
    limit: options.limit,
  });
  if (options.json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  if (answer.groups.length === 0) {
    const span = `from ${minuteOf(answer.from)} to ${minuteOf(answer.to)} (UTC)`;
    terminal.print(
      answer.failures === 0
        ? `No errors ${span}.`
        : `None of the ${answer.failures} errors ${span} match. Try other options.`,
    );
    return;
  }
  const rows = answer.groups.map((group) => [
    group.fingerprint,
    terminal.style(STATE_STYLES[group.state], group.state),
    `${group.count}`,
    group.share,
    minuteOf(group.first_seen),
    minuteOf(group.last_seen),
    `${group.bot_count}`,
    errorTitle(group),
  ]);
  const columns = [
    'fingerprint',
    'state',
    'events',
    'share',
    'first (UTC)',
    'last (UTC)',
    'bots',
    'error',
  ];
  const right = new Set(['events', 'share', 'bots']);
  for (const line of table(
    columns.map((title) => ({ title, align: right.has(title) ? 'right' : 'left' })),
    rows,
  )) {
    terminal.print(line);
  }
  const hidden = answer.total_groups - answer.groups.length;
  const more = hidden > 0 ? ` ${quantity(hidden, 'more group')}: use --limit.` : '';
  terminal.print(
    terminal.style(
      'dim',
      `${quantity(answer.failures, 'failure')} in all.${more} Newest events of a group: npx hookpulse errors show <fingerprint>`,
    ),
  );
}

async function show(
  fingerprint: string,
  options: RangeOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const group = await api.get(pathOf(fingerprint), ErrorGroupSchema, rangeQuery(options, context));
  print(group, options, context);
}

async function change(
  fingerprint: string,
  body: object,
  options: ApiOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  print(await api.patch(pathOf(fingerprint), body, ErrorGroupSchema, null), options, context);
}

function print(group: ErrorGroup, { json }: ApiOptions, { terminal }: CommandContext): void {
  if (json) {
    terminal.print(JSON.stringify(group, null, 2));
    return;
  }
  terminal.print(terminal.style('bold', errorTitle(group)));
  const until = group.ignored_until === null ? '' : ` until ${minuteOf(group.ignored_until)} (UTC)`;
  const rows: [string, string][] = [
    ['fingerprint', group.fingerprint],
    ['state', `${group.state}${markedBy(group)}${until}`],
    ['events', `${group.count}, ${group.share} of failures`],
    ['first', `${minuteOf(group.first_seen)} (UTC)`],
    ['last', `${minuteOf(group.last_seen)} (UTC)`],
    ['bots', namesOf(group)],
    ['updates', kindsOf(group)],
    ['message', group.error_message ?? 'none'],
  ];
  for (const line of fields(rows)) terminal.print(line);
  terminal.print('Newest events:');
  const samples = group.samples.map(({ timestamp, bot_id, event_id, error_message }) => [
    timestamp.slice(0, 'yyyy-mm-ddThh:mm:ss'.length).replace('T', ' '),
    bot_id,
    event_id,
    error_message ?? '',
  ]);
  const titles = ['time (UTC)', 'bot', 'event', 'message'];
  for (const line of table(titles, samples, '  ')) terminal.print(line);
}

const STATE_STYLES: Readonly<Record<ErrorState, Style>> = {
  new: 'red',
  back: 'red',
  ongoing: 'yellow',
  resolved: 'green',
  ignored: 'dim',
};

function markedBy({ state, marked_by }: ErrorGroup): string {
  if (marked_by === null) return '';
  return state === 'back' ? `, was resolved by ${marked_by}` : ` by ${marked_by}`;
}

function namesOf({ bots, bot_count }: ErrorGroup): string {
  const others = bot_count - bots.length;
  const named = bots.map(({ bot_id, count }) => `${bot_id} (${count})`).join(', ');
  return others > 0 ? `${named} and ${others} more` : named;
}

function kindsOf({ update_types }: ErrorGroup): string {
  return update_types
    .map(
      ({ update_type, count }) =>
        `${update_type === null ? 'unknown' : kindWords(update_type)} (${count})`,
    )
    .join(', ');
}

function rangeQuery({ bot, from, to }: RangeOptions, { nowMs }: CommandContext) {
  return {
    bot_id: bot,
    from: from === undefined ? undefined : iso(parseTime(from, '--from', nowMs)),
    to: to === undefined ? undefined : iso(parseTime(to, '--to', nowMs)),
  };
}

/** @throws CommandError */
function pathOf(fingerprint: string): string {
  if (/^[0-9a-f]{16}$/.test(fingerprint)) return `${PATH}/${fingerprint}`;
  throw new CommandError(
    `Invalid fingerprint "${fingerprint}". A fingerprint has 16 hexadecimal digits. See \`hookpulse errors\`.`,
  );
}
