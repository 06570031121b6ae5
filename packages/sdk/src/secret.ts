/** The header in which Telegram sends a webhook's secret, in lower case. */
export const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/**
 * Whether a delivery carries the webhook's secret. How long it takes follows from `given` alone, so it
 * tells nothing of `expected`.
 * @param given - the header `X-Telegram-Bot-Api-Secret-Token`; null or undefined: there is none
 * @param expected - an empty one is matched by nothing
 */
export function verifySecret(given: string | null | undefined, expected: string): boolean {
  if (typeof given !== 'string' || expected === '') return false;
  let difference = given.length ^ expected.length;
  for (let at = 0; at < given.length; at += 1) {
    difference |= given.charCodeAt(at) ^ expected.charCodeAt(at % expected.length);
  }
  return difference === 0;
}
