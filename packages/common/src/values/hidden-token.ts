/**
 * Hides bot tokens in texts that are shown: many bots have theirs in the path of their webhook. The id of
 * the bot, which is no secret, stays: `123456:***`.
 */

/** `<id of the bot>:<35 characters>`, as a URL may escape it. Telegram does not promise the length. */
const TOKEN = /(\d{1,19}(?::|%3A))[A-Za-z0-9_-]{30,100}/gi;
const HIDDEN = /\d{1,19}(?::|%3A)\*{3}/i;

export function hideBotTokens(text: string): string {
  return text.replaceAll(TOKEN, '$1***');
}

/** Whether a bot token was hidden in the text. */
export function hasHiddenToken(text: string): boolean {
  return HIDDEN.test(text);
}
