/** `hookpulse bot status`, `bot pause` and `bot resume`: handing the updates of a bot on to it. */
import { type ForwardingView, ForwardingViewSchema } from '@hookpulse/api/forwarding-view';
import type { Command } from 'commander';
import { quantity } from '../output/quantity.ts';
import { fields } from '../output/table.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

export function registerBotForwarding(bot: Command, context: CommandContext): void {
  withApiOptions(
    bot
      .command('status <bot_id>')
      .description('show how forwarding to a bot goes: its backlog, and the last failure'),
  ).action((botId: string, options: ApiOptions) => status(botId, options, context));
  withApiOptions(
    bot
      .command('pause <bot_id>')
      .description('hold the updates of a bot back; they wait on the log for up to 24 hours'),
  ).action((botId: string, options: ApiOptions) => change(botId, 'pause', options, context));
  withApiOptions(
    bot.command('resume <bot_id>').description('forward updates again, those that waited first'),
  ).action((botId: string, options: ApiOptions) => change(botId, 'resume', options, context));
}

async function status(botId: string, options: ApiOptions, context: CommandContext): Promise<void> {
  const api = await openApi(options, context);
  const view = await api.get(`${pathOf(botId)}/forwarding`, ForwardingViewSchema);
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify(view, null, 2));
  else for (const line of fields(rowsOf(view))) terminal.print(line);
}

async function change(
  botId: string,
  action: 'pause' | 'resume',
  options: ApiOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const path = pathOf(botId);
  const tag = await api.tagOf(path);
  const view = await api.post(`${path}/forwarding/${action}`, null, ForwardingViewSchema, tag);
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(view, null, 2));
    return;
  }
  const what = action === 'pause' ? 'is paused' : 'goes on';
  const backlog = quantity(view.backlog, 'update');
  terminal.print(
    terminal.style('green', `✓ Forwarding to ${botId} ${what}; ${backlog} in the backlog`),
  );
}

function rowsOf(view: ForwardingView): readonly (readonly [string, string])[] {
  const { oldest_age_seconds: age, next_attempt_at: next, last_failure: failure } = view;
  return [
    ['state', view.state],
    ['backlog', quantity(view.backlog, 'update')],
    ['oldest waits', age === null ? 'none waits' : `${age} s`],
    ['in flight', quantity(view.in_flight, 'request')],
    ['next attempt', next ?? 'none is due'],
    ['last failure', failure === null ? 'none' : `${failure.at}  ${failure.error}`],
  ];
}

function pathOf(botId: string): string {
  return `/api/bots/${encodeURIComponent(botId)}`;
}
