/** `hookpulse annotate`: notes what happened, so that charts show it. */
import { AnnotationSchema } from '@hookpulse/common/events/annotation';
import { iso } from '@hookpulse/common/values/iso';
import type { Command } from 'commander';
import { minuteOf } from '../output/minute.ts';
import { parseTime, TIME_FORMS } from '../times.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface AnnotateOptions extends ApiOptions {
  readonly bot?: string;
  readonly at?: string;
  readonly restart?: boolean;
}

export function registerAnnotate(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('annotate <text>')
      .description('note what happened, such as a deployment: charts show it'),
  )
    .option('--bot <bot_id>', 'about this bot (default: about all)')
    .option('--at <time>', `${TIME_FORMS} (default: now)`)
    .option('--restart', 'a process started; several starts close together become one note')
    .action((text: string, options: AnnotateOptions) => annotate(text, options, context));
}

async function annotate(
  text: string,
  options: AnnotateOptions,
  context: CommandContext,
): Promise<void> {
  const { bot, at, restart, json } = options;
  const { terminal, nowMs } = context;
  const body = {
    text,
    ...(restart ? { kind: 'restart' } : {}),
    ...(bot === undefined ? {} : { bot_id: bot }),
    ...(at === undefined ? {} : { at: iso(parseTime(at, '--at', nowMs)) }),
  };
  const api = await openApi(options, context);
  const made = await api.post('/api/annotations', body, AnnotationSchema);
  if (json) {
    terminal.print(JSON.stringify(made, null, 2));
    return;
  }
  const subject = made.bot_id ?? 'all bots';
  const line = `✓ ${made.text}, ${subject}, ${minuteOf(made.at)} (UTC)`;
  terminal.print(terminal.style('green', line));
}
