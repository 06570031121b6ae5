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
  // By characters and not by their halves, as Hookpulse counts them.
  return [...start.replaceAll(BOT_TOKENS, '<bot token>')].slice(0, MAX_MESSAGE_LENGTH).join('');
}

/** By what it has and not by its class: an error can come from another realm or another copy. */
function messageOf(thrown: unknown): string {
  const message = field(thrown, 'message');
  return typeof message === 'string' ? message : String(thrown);
}

/** A class that gives its errors no name of their own has one itself. */
function nameOf(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return `thrown ${typeof thrown}`;
  const name = field(thrown, 'name');
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name;
  return thrown.constructor?.name || 'Error';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
