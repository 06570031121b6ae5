/** The call of Telegram's setWebhook (https://core.telegram.org/bots/api#setwebhook) as a command. */

/**
 * @param origin - public address of ingest, with or without a slash at its end
 * @param secret - default: a shell variable, for users who have kept the secret
 */
export function setWebhookCommand(
  botId: string,
  origin: string,
  secret = '$WEBHOOK_SECRET',
): string {
  const url = `${origin.replace(/\/+$/, '')}/webhook/${botId}`;
  return [
    'curl "https://api.telegram.org/bot$BOT_TOKEN/setWebhook" \\',
    `  -d "url=${url}" \\`,
    `  -d "secret_token=${secret}"`,
  ].join('\n');
}
