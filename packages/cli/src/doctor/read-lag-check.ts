/** How far a service that reads the log is behind it, by its own metrics. */
import { type Check, failureWords } from './check.ts';

/** The services that read the log. */
export const READERS: ReadonlySet<string> = new Set(['aggregator', 'alerter', 'forwarder']);

/** Read within seconds; more means that it does not keep up. */
const MANY_MESSAGES = 10_000;
const TIMEOUT_MS = 5_000;
const LAG = /^hookpulse_consumer_lag_messages\{[^}]*\} (\S+)$/gm;

export async function checkReadLag(
  service: string,
  origin: string,
  token: string | null,
): Promise<Check> {
  const name = `${service}'s lag`;
  try {
    const answer = await fetch(`${origin}/metrics`, {
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const page = await answer.text();
    if (!answer.ok)
      return { name, state: 'skipped', detail: `its metrics answer ${answer.status}` };
    const values = Array.from(page.matchAll(LAG), ([, value]) => Number(value));
    if (values.length === 0) return { name, state: 'skipped', detail: 'it holds no partition' };
    const messages = values.reduce((sum, value) => sum + value, 0);
    const detail = `${messages} messages are still to be read`;
    if (messages <= MANY_MESSAGES) return { name, state: 'ok', detail };
    return {
      name,
      state: 'warning',
      detail,
      remedy: `Ask again in a minute. If it grows, start another ${service}, or look for a slow store or bot (docs/guides/troubleshooting.md#lag).`,
    };
  } catch (error) {
    return { name, state: 'skipped', detail: `not known: ${failureWords(error)}` };
  }
}
