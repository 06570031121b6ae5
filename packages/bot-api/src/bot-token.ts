/** Bot tokens, as BotFather gives them: `<id of the bot>:<35 characters>`. */

/** Longer secrets than today's are taken: Telegram does not promise the length. */
const TOKEN = /^\d{1,19}:[A-Za-z0-9_-]{30,100}$/;
const TOKENS_WITHIN = /\d{1,19}:[A-Za-z0-9_-]{30,100}/g;
const MASK = '<bot token>';

/** Whether a text has the form of a bot token; Telegram alone knows whether it is one. */
export function isBotToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The text with every bot token masked: many bots have theirs in the path of their webhook. */
export function maskBotTokens(text: string): string {
  return text.replaceAll(TOKENS_WITHIN, MASK).replaceAll(ESCAPED_WITHIN, MASK);
}

/** As a path or a query may have it. */
const ESCAPED_WITHIN = /\d{1,19}%3A[A-Za-z0-9_-]{30,100}/gi;
