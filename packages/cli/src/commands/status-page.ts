/** `hookpulse status-page …`: status pages, which show how bots are doing. */
import {
  type ChangedStatusPage,
  ChangedStatusPageSchema,
  type StatusPagePatch,
  StatusPagesSchema,
  type StatusPageView,
  StatusPageViewSchema,
} from '@hookpulse/api/status-page-view';
import type { StatusVisibility } from '@hookpulse/common/bots/status-page';
import { type Command, Option } from 'commander';
import type { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';
import { minuteOf } from '../output/minute.ts';
import { quantity } from '../output/quantity.ts';
import { fields, table } from '../output/table.ts';
import { readSettings } from '../settings.ts';
import {
  type ApiOptions,
  type CommandContext,
  collectBotIds,
  confirmed,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface PageOptions extends ApiOptions {
  readonly title?: string;
  readonly bot?: readonly string[];
  readonly visibility?: StatusVisibility;
  readonly reasons?: boolean;
}

interface DeleteOptions extends ApiOptions {
  readonly yes?: boolean;
}

const PATH = '/api/status-pages';

export function registerStatusPage(program: Command, context: CommandContext): void {
  const pages = program
    .command('status-page')
    .description('manage status pages, which show how bots are doing');
  withPageOptions(
    pages.command('create <name>').description('create a page at /status/<name>'),
  ).action((name: string, options: PageOptions) => create(name, options, context));
  withApiOptions(pages.command('list').description('list all status pages')).action(
    (options: ApiOptions) => list(options, context),
  );
  withApiOptions(pages.command('show <name>').description('show one status page')).action(
    (name: string, options: ApiOptions) => show(name, options, context),
  );
  withPageOptions(
    pages.command('edit <name>').description('change what is given; --bot replaces all bots'),
  ).action((name: string, options: PageOptions) => edit(name, options, context));
  withApiOptions(
    pages
      .command('new-link <name>')
      .description('replace the secret link; the one before leads nowhere from then on'),
  ).action((name: string, options: ApiOptions) => newLink(name, options, context));
  withApiOptions(pages.command('delete <name>').description('delete a status page'))
    .option('--yes', 'do not ask; required without a terminal')
    .action((name: string, options: DeleteOptions) => remove(name, options, context));
}

function withPageOptions(command: Command): Command {
  return withApiOptions(command)
    .option('--title <title>', 'heading of the page (default: its name)')
    .option('--bot <bot_id>', 'show this bot; may be repeated', collectBotIds)
    .addOption(
      new Option('--visibility <who>', 'public, or link: for whoever has the secret link').choices([
        'public',
        'link',
      ]),
    )
    .option('--reasons', 'show the reasons of incidents')
    .option('--no-reasons', 'hide the reasons of incidents');
}

async function create(name: string, options: PageOptions, context: CommandContext): Promise<void> {
  if (options.bot === undefined) throw new CommandError('Give at least one --bot <bot_id>.');
  const api = await openApi(options, context);
  const body = { name, title: name, ...fieldsOf(options) };
  const made = await api.post(PATH, body, ChangedStatusPageSchema);
  printPage(`${name} was created`, made, api, options, context);
}

async function edit(name: string, options: PageOptions, context: CommandContext): Promise<void> {
  const body = fieldsOf(options);
  if (Object.keys(body).length === 0) {
    throw new CommandError('Nothing to change. Give --title, --bot, --visibility or --reasons.');
  }
  const api = await openApi(options, context);
  const tag = await api.tagOf(pathOf(name));
  const changed = await api.patch(pathOf(name), body, ChangedStatusPageSchema, tag);
  printPage(`${name} was changed`, changed, api, options, context);
}

async function newLink(name: string, options: ApiOptions, context: CommandContext): Promise<void> {
  const api = await openApi(options, context);
  const tag = await api.tagOf(pathOf(name));
  const changed = await api.post(`${pathOf(name)}/link`, null, ChangedStatusPageSchema, tag);
  printPage(`${name} has a new link`, changed, api, options, context);
}

async function show(name: string, options: ApiOptions, context: CommandContext): Promise<void> {
  const api = await openApi(options, context);
  const page = await api.get(pathOf(name), StatusPageViewSchema);
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify(page, null, 2));
  else
    for (const line of fields(rowsOf(page, publicOrigin(api, options, context))))
      terminal.print(line);
}

async function list(options: ApiOptions, context: CommandContext): Promise<void> {
  const api = await openApi(options, context);
  const answer = await api.get(PATH, StatusPagesSchema);
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  if (answer.status_pages.length === 0) {
    terminal.print(
      'No status pages yet. Create one with `npx hookpulse status-page create <name> --bot <bot_id>`.',
    );
    return;
  }
  const titles = ['name', 'title', 'bots', 'visibility', 'changed (UTC)'];
  const rows = answer.status_pages.map((page) => [
    page.name,
    page.title,
    quantity(page.bot_ids.length, 'bot'),
    page.visibility,
    minuteOf(page.updated_at),
  ]);
  for (const line of table(titles, rows)) terminal.print(line);
}

async function remove(
  name: string,
  options: DeleteOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  // Read before asking, so that a page that changes meanwhile is not deleted.
  const tag = await api.tagOf(pathOf(name));
  await api.get(pathOf(name), StatusPageViewSchema);
  await confirmed(`Delete the status page ${name}?`, options.yes, context);
  await api.delete(pathOf(name), tag);
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify({ deleted: name }, null, 2));
  else terminal.print(terminal.style('green', `✓ ${name} was deleted`));
}

/** Where people reach pages: the API may listen on an address that only this machine knows. */
function publicOrigin(api: QueryApi, { url }: ApiOptions, { env }: CommandContext): string {
  const { publicUrl } = readSettings(env).config.mail;
  return url === undefined && publicUrl !== null ? publicUrl.replace(/\/+$/, '') : api.origin;
}

function printPage(
  what: string,
  page: ChangedStatusPage,
  api: QueryApi,
  options: ApiOptions,
  context: CommandContext,
): void {
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  terminal.print(terminal.style('green', `✓ ${what}`));
  const origin = publicOrigin(api, options, context);
  for (const line of fields(rowsOf(page, origin))) terminal.print(line);
  if (page.secret_path === null) return;
  for (const line of fields([['secret link', `${origin}${page.secret_path}`]])) {
    terminal.print(line);
  }
  terminal.print(terminal.style('dim', '  The secret link is shown only once.'));
}

function rowsOf(page: StatusPageView, origin: string): (readonly [string, string])[] {
  return [
    ['title', page.title],
    ['bots', page.bot_ids.join(', ')],
    ['visibility', page.visibility],
    ['reasons', page.shows_reasons ? 'shown' : 'not shown'],
    ...(page.visibility === 'public' ? [['address', `${origin}${page.path}`] as const] : []),
  ];
}

function fieldsOf({ title, bot, visibility, reasons }: PageOptions): StatusPagePatch {
  return {
    ...(title === undefined ? {} : { title }),
    ...(bot === undefined ? {} : { bot_ids: [...bot] }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(reasons === undefined ? {} : { shows_reasons: reasons }),
  };
}

function pathOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}
