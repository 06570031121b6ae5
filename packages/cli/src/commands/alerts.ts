/** `hookpulse alerts`: which alerts fire and why, and whether they arrive where they are to go. */
import { ALERT_TEST_PATH, AlertTestViewSchema } from '@hookpulse/api/alert-test';
import { ALERT_STATES } from '@hookpulse/api/alert-view';
import { type Command, Option } from 'commander';
import { CommandError } from '../command-error.ts';
import { type ListAlertsOptions, listAlerts } from './alerts-list.ts';
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
  const alerts = withApiOptions(
    program
      .command('alerts')
      .description('show which alerts fire, why, and what was noted shortly before'),
  )
    .option('--bot <bot_id>', 'only alerts of this bot')
    .option('--rule <rule>', 'only alerts of this rule, such as high_error_rate')
    .addOption(
      new Option('--state <state>', 'only alerts in this state')
        .choices(ALERT_STATES)
        .default('firing'),
    )
    .option('--limit <n>', 'maximum number of alerts', '20')
    .action((options: ListAlertsOptions) => listAlerts(options, context));
  withApiOptions(
    alerts
      .command('test <receiver>')
      .description(
        'send a test notification to a mail address or URL, set or not, and say what it answered; exit code 1 unless it has it. "-" reads the receiver from standard input, which no other user of this machine sees',
      ),
  ).action((receiver: string, _: unknown, command: Command) =>
    test(receiver, command.optsWithGlobals(), context),
  );
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
