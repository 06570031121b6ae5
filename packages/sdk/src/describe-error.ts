/** What is reported of a thrown value. */
export interface DescribedError {
  readonly error_type: string;
  readonly error_message: string;
}

const MAX_MESSAGE_LENGTH = 2_000;
/** `<id of the bot>:<secret>`, as addresses of the Bot API contain it. */
const BOT_TOKENS = /\d{1,19}(?::|%3A)[A-Za-z0-9_-]{30,100}/gi;

/** Never throws, whatever was thrown. Bot tokens in the message are masked. */
export function describeError(thrown: unknown): DescribedError {
  try {
    const error_message = masked(messageOf(thrown));
    return { error_type: nameOf(thrown), error_message };
  } catch {
    return { error_type: 'Error', error_message: '' };
  }
}

/** At most as long as Hookpulse keeps it. */
export function masked(message: string): string {
  // First more than is kept, so that no token is cut where it would not be found.
  const start = message.slice(0, MAX_MESSAGE_LENGTH * 2);
  return start.replaceAll(BOT_TOKENS, '<bot token>').slice(0, MAX_MESSAGE_LENGTH);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? String(thrown.message) : String(thrown);
}

/** A class that gives its errors no name of their own has one itself. */
function nameOf(thrown: unknown): string {
  if (!(thrown instanceof Error))
    return typeof thrown === 'object' ? 'Error' : `thrown ${typeof thrown}`;
  const name = String(thrown.name);
  return name === 'Error' ? thrown.constructor.name || name : name;
}
