/** Bot tokens, as BotFather gives them: `<id of the bot>:<35 characters>`. */

/** Longer secrets than today's are taken: Telegram does not promise the length. */
const TOKEN = /^\d{1,19}:[A-Za-z0-9_-]{30,100}$/;

/** Whether a text has the form of a bot token; Telegram alone knows whether it is one. */
export function isBotToken(text: string): boolean {
  return TOKEN.test(text);
}
