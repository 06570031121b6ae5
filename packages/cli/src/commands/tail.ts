/** `hookpulse tail`: events or updates as they arrive. */
import { webhookEventValidator } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import { parseAs } from '@hookpulse/event-log/json-value';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { eventLine } from '../tail/event-line.ts';
import { followStream } from '../tail/follow-stream.ts';
import { lineTemplate } from '../tail/template.ts';
import { streamedUpdateValidator, updateLine } from '../tail/update-line.ts';
import { parseTime, TIME_FORMS } from '../times.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface TailOptions extends ApiOptions {
  readonly updates?: boolean;
  readonly bot?: string;
  readonly type?: string;
  readonly status?: string;
  readonly errorType?: string;
  readonly update?: string;
  readonly from?: string;
  readonly format?: string;
}

export function registerTail(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('tail')
      .description(
        'show events or updates as they arrive, until Ctrl-C; with --json one object per line',
      ),
  )
    .option('--updates', 'updates of a bot themselves, as Telegram sent them; requires --bot')
    .option('--bot <bot_id>', 'only events of this bot')
    .option('--type <event_type>', 'received, processed, error, response_sent or retry')
    .option('--status <status>', 'success, failed or pending')
    .option('--error-type <error_type>', 'such as Timeout or InvalidSignature')
    .option('--update <update_id>', 'only events of this update')
    .option('--from <time>', `begin with what came then, and go on: ${TIME_FORMS}`)
    .option(
      '--format <template>',
      'a line of your own: fields in braces, such as "{bot_id} {update.message.text}"',
    )
    .action((options: TailOptions) => tail(options, context));
}

async function tail(options: TailOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { format, json: isJson = false } = options;
  if (isJson && format !== undefined)
    throw new CommandError('--format and --json exclude each other');
  const line = format === undefined ? null : lineTemplate(format);
  const from =
    options.from === undefined ? undefined : iso(parseTime(options.from, '--from', context.nowMs));
  const show = <Value>(value: Value, data: string, usual: (value: Value) => string) => {
    if (isJson) terminal.print(data);
    else terminal.print(line ? line(value) : usual(value));
  };
  if (options.updates) {
    assertOnlyOfUpdates(options);
    await follow('/api/updates/stream', { bot_id: options.bot, from }, (data) => {
      const update = parseAs(new TextEncoder().encode(data), streamedUpdateValidator);
      if (update) show(update, data, (one) => updateLine(one, terminal));
    });
    return;
  }
  const query = {
    bot_id: options.bot,
    event_type: options.type,
    status: options.status,
    error_type: options.errorType,
    update_id: options.update,
    from,
  };
  await follow('/api/events/stream', query, (data) => {
    const event = parseAs(new TextEncoder().encode(data), webhookEventValidator);
    if (event) show(event, data, (one) => eventLine(one, terminal));
  });

  async function follow(
    path: string,
    query: Readonly<Record<string, string | undefined>>,
    onData: (data: string) => void,
  ): Promise<void> {
    const api = await openApi(options, context);
    const interrupted = new AbortController();
    const forget = terminal.onInterrupt(() => interrupted.abort());
    const what = options.updates ? 'updates' : 'events';
    try {
      await followStream(path, query, {
        api,
        signal: interrupted.signal,
        onData,
        onBroken: (reason) => terminal.warn(`hookpulse: ${reason}; reconnecting …`),
        onResumed: () => terminal.warn(`hookpulse: reconnected; no ${what} were missed`),
      });
    } finally {
      forget();
    }
  }
}

/** @throws CommandError */
function assertOnlyOfUpdates({ bot, type, status, errorType, update }: TailOptions): void {
  if (bot === undefined) throw new CommandError('--updates requires --bot <bot_id>');
  const ofEvents = {
    '--type': type,
    '--status': status,
    '--error-type': errorType,
    '--update': update,
  };
  const [given] = Object.entries(ofEvents).find(([, value]) => value !== undefined) ?? [];
  if (given !== undefined) throw new CommandError(`${given} is for events; leave out --updates`);
}
