/** Options of `hookpulse bot edit` about forwarding, as a change of the bot. */
import type { ForwardPatch } from '@hookpulse/api/forward-settings';
import { FORWARD_ORDERS, MAX_CONNECTIONS_LIMIT } from '@hookpulse/common/bots/forwarding';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError } from '../command-error.ts';

export interface ForwardOptions {
  readonly forwardUrl?: string;
  /** False: `--no-forward`; true is the default of commander and means nothing. */
  readonly forward?: boolean;
  readonly maxConnections?: number;
  readonly forwardTimeout?: number;
  readonly order?: (typeof FORWARD_ORDERS)[number];
}

export function withForwardOptions(command: Command): Command {
  return command
    .option(
      '--forward-url <url>',
      'where its updates are forwarded; FORWARD_SECRET sets the secret that the bot expects',
    )
    .option('--no-forward', 'do not forward its updates any more')
    .option('--max-connections <number>', `1 to ${MAX_CONNECTIONS_LIMIT} at once`, wholeNumber)
    .option('--forward-timeout <seconds>', 'longest time for an answer', number)
    .addOption(
      new Option('--order <order>', 'chat: as Telegram orders updates').choices(FORWARD_ORDERS),
    );
}

/**
 * Undefined: nothing about forwarding is to change; null: it ends.
 * @param secret - that the bot expects; empty: it stays as it is
 * @throws CommandError
 */
export function forwardChange(
  options: ForwardOptions,
  secret: string,
): ForwardPatch | null | undefined {
  const { forwardUrl: url, maxConnections, forwardTimeout, order, forward } = options;
  const patch: ForwardPatch = {
    ...(url === undefined ? {} : { url }),
    ...(url === undefined || secret === '' ? {} : { secret }),
    ...(maxConnections === undefined ? {} : { max_connections: maxConnections }),
    ...(forwardTimeout === undefined ? {} : { timeout_seconds: forwardTimeout }),
    ...(order === undefined ? {} : { order }),
  };
  const isEmpty = Object.keys(patch).length === 0;
  if (forward !== false) return isEmpty ? undefined : patch;
  if (isEmpty) return null;
  throw new CommandError('--no-forward ends forwarding, so it goes with no other option of it.');
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Must be a number.');
}

function wholeNumber(text: string): number {
  const value = number(text);
  if (Number.isInteger(value)) return value;
  throw new InvalidArgumentError('Must be a whole number.');
}
