/** Where a bot's secrets come from: variables, a prompt without echo, or standard input; never arguments. */

import { CommandError } from '../command-error.ts';
import type { CommandContext } from '../commands/command-context.ts';

export interface GivenSecrets {
  readonly botToken: string;
  /** The secret_token that the bot expects; empty: none is given. Asks where it can. */
  forwardSecret(): Promise<string>;
}

/** @throws CommandError when there is no bot token */
export async function readBotSecrets({
  terminal,
  env,
}: Pick<CommandContext, 'terminal' | 'env'>): Promise<GivenSecrets> {
  const ofEnvironment = trimmed(env.TELEGRAM_BOT_TOKEN);
  const isAsked = ofEnvironment === '' && terminal.isInteractive;
  const lines = ofEnvironment === '' && !isAsked ? (await terminal.readInput()).split('\n') : [];
  const botToken = isAsked
    ? trimmed(await terminal.askSecret('Bot token (from BotFather, not shown): '))
    : ofEnvironment || trimmed(lines[0]);
  if (botToken === '') {
    throw new CommandError(
      'No bot token. Type it when asked, set TELEGRAM_BOT_TOKEN, or pass it on standard input.',
    );
  }
  return {
    botToken,
    async forwardSecret() {
      const given = trimmed(env.FORWARD_SECRET) || trimmed(lines[1]);
      if (given !== '' || !terminal.isInteractive) return given;
      const question = 'secret_token that the bot expects (empty: none, or as stored; not shown): ';
      return trimmed(await terminal.askSecret(question));
    },
  };
}

function trimmed(text: string | null | undefined): string {
  return text?.trim() ?? '';
}
