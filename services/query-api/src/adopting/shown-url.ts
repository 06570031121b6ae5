/** A webhook as answers show it: without user name and password, and with a bot token in it hidden. */
import { hideBotTokens } from '@hookpulse/common/values/hidden-token';

export function shownUrl(text: string): string {
  const url = URL.parse(text);
  if (!url || (url.username === '' && url.password === '')) return hideBotTokens(text);
  url.username = '';
  url.password = '';
  return hideBotTokens(url.href);
}
