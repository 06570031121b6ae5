/** Where a bot is shown. */

/** @param publicUrl - with or without a slash at its end */
export function botUrl(publicUrl: string, botId: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/bots/${encodeURIComponent(botId)}`;
}
