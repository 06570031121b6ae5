/** `hookpulse tail`: events as they arrive. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Command } from 'commander';
import { eventLine } from '../tail/event-line.ts';
import { followEvents } from '../tail/follow-events.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface TailOptions extends ApiOptions {
  readonly bot?: string;
  readonly type?: string;
  readonly status?: string;
  readonly errorType?: string;
  readonly update?: string;
}

export function registerTail(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('tail')
      .description('show events as they arrive, until Ctrl-C; with --json one object per line'),
  )
    .option('--bot <bot_id>', 'only events of this bot')
    .option('--type <event_type>', 'received, processed, error, response_sent or retry')
    .option('--status <status>', 'success, failed or pending')
    .option('--error-type <error_type>', 'such as Timeout or InvalidSignature')
    .option('--update <update_id>', 'only events of this update')
    .action((options: TailOptions) => tail(options, context));
}

async function tail(options: TailOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const api = await openApi(options, context);
  const query = {
    bot_id: options.bot,
    event_type: options.type,
    status: options.status,
    error_type: options.errorType,
    update_id: options.update,
  };
  const print = options.json
    ? (event: WebhookEvent) => terminal.print(JSON.stringify(event))
    : (event: WebhookEvent) => terminal.print(eventLine(event, terminal));
  const interrupted = new AbortController();
  const forget = terminal.onInterrupt(() => interrupted.abort());
  try {
    await followEvents(query, {
      api,
      signal: interrupted.signal,
      onEvent: print,
      onBroken: (reason) => terminal.warn(`hookpulse: ${reason}; reconnecting …`),
      onResumed: () => terminal.warn('hookpulse: reconnected; no events were missed'),
    });
  } finally {
    forget();
  }
}
