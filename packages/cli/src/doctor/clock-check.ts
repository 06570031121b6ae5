/** Do two machines agree on the time? By the `Date` of an answer (RFC 9110), which has whole seconds. */
import { formatSpan } from '@hookpulse/common/alerts/rules/format-span';
import { type Check, failureWords } from './check.ts';

/** Events that are further ahead are refused (contract, section 4). */
const REFUSED_MS = 5 * 60_000;
/** More is no matter of whole seconds and the way of an answer. */
const TOLERATED_MS = 5_000;
const TIMEOUT_MS = 5_000;
const REMEDY =
  'Synchronise the clocks of both machines by NTP (timedatectl set-ntp true). Times decide in which hour and window an event counts.';

/** @param url - of a server of Hookpulse */
export async function checkClock(name: string, url: string): Promise<Check> {
  try {
    const sentMs = Date.now();
    const answer = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return clockDifference(name, answer.headers.get('date'), sentMs, Date.now());
  } catch (error) {
    return { name, state: 'skipped', detail: `not known: ${failureWords(error)}` };
  }
}

/** @param date - of the answer to what was sent and arrived then, milliseconds since the epoch */
export function clockDifference(
  name: string,
  date: string | null,
  sentMs: number,
  arrivedMs: number,
): Check {
  const serverMs = Date.parse(date ?? '');
  if (Number.isNaN(serverMs)) {
    return { name, state: 'skipped', detail: 'the server does not say what time it is' };
  }
  // The header's second may have been about to end.
  const earlyMs = sentMs - serverMs - 1_000;
  const lateMs = serverMs - arrivedMs;
  const offMs = Math.max(earlyMs, lateMs, 0);
  if (offMs <= TOLERATED_MS) {
    return { name, state: 'ok', detail: 'both clocks agree' };
  }
  const where = lateMs > earlyMs ? 'ahead of' : 'behind';
  const detail = `the server's clock is ${formatSpan(offMs)} ${where} this machine's`;
  return { name, state: offMs >= REFUSED_MS ? 'problem' : 'warning', detail, remedy: REMEDY };
}
