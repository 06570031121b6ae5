/** `hookpulse alerts …`: whether alerts arrive where they are to go. */
import { ALERT_TEST_PATH, AlertTestViewSchema } from '@hookpulse/api/alert-test';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

const WORDS = {
  taken: 'has it',
  not_now: 'did not take it now; an alert would be tried again',
  refused: 'refused it; an alert would be given up',
} as const;

export function registerAlerts(program: Command, context: CommandContext): void {
  const alerts = program.command('alerts').description('check whether alerts arrive');
  withApiOptions(
    alerts
      .command('test <receiver>')
      .description(
        'send a test notification to a mail address or URL, set or not, and say what it answered; exit code 1 unless it has it. "-" reads the receiver from standard input, which no other user of this machine sees',
      ),
  ).action((receiver: string, options: ApiOptions) => test(receiver, options, context));
}

async function test(given: string, options: ApiOptions, context: CommandContext): Promise<void> {
  const receiver = given === '-' ? await fromStdin() : given;
  const api = await openApi(options, context);
  const answer = await api.post(ALERT_TEST_PATH, { receiver }, AlertTestViewSchema);
  const { terminal } = context;
  const isTaken = answer.result === 'taken';
  if (!isTaken) context.markFailed();
  if (options.json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  const sentence = `${isTaken ? '✓' : '✗'} ${answer.receiver} ${WORDS[answer.result]}`;
  terminal.print(terminal.style(isTaken ? 'green' : 'red', sentence));
  if (answer.detail !== null) terminal.print(`  ${answer.detail} (${answer.duration_ms} ms)`);
}

async function fromStdin(): Promise<string> {
  process.stdin.setEncoding('utf8');
  const text = (await process.stdin.toArray()).join('').trim();
  if (text === '') throw new CommandError('there is no receiver on standard input.');
  return text;
}
