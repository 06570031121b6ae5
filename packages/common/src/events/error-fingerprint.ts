/** By which errors are told apart: their type and the pattern of their message (docs/decisions/0046). */
import { errorPattern } from './error-pattern.ts';
import type { WebhookEvent } from './webhook-event.ts';

type ReportedError = Pick<WebhookEvent, 'error_type' | 'error_message'>;

export const ERROR_FINGERPRINT_PATTERN = '^[0-9a-f]{16}$';

/** 64 bits in 16 hexadecimal digits: it stays the same over releases, as people link to it. */
export function errorFingerprint({ error_type, error_message }: ReportedError): string {
  return hash64(`${error_type ?? ''}\n${singular(errorPattern(error_message).toLowerCase())}`);
}

const COUNTED = /<number>(?: \p{L}+){1,4}/gu;
const PLURAL = /(?<=\p{L}[^s\P{L}])s(?!\p{L})/gu;

/** `after 1 attempt` and `after 3 attempts` are the same. */
function singular(pattern: string): string {
  return pattern.replace(COUNTED, (words) => words.replace(PLURAL, ''));
}

/** Whether an event counts among the errors (contract, section 4). */
export function isFailure({
  event_type,
  status,
}: Pick<WebhookEvent, 'event_type' | 'status'>): boolean {
  return event_type === 'error' || (event_type === 'received' && status === 'failed');
}

const SEEDS = [0xdeadbeef, 0x41c6ce57] as const;
const MULTIPLIERS = [2_654_435_761, 1_597_334_677] as const;

/**
 * cyrb53 by bryc, both of its words whole (https://github.com/bryc/code/blob/master/jshash/experimental/cyrb53.js):
 * fast, the same in browsers, and of no weight for security. A bot that makes two of its errors one
 * misleads nobody but its owner.
 */
function hash64(text: string): string {
  let [a, b]: [number, number] = [SEEDS[0], SEEDS[1]];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, MULTIPLIERS[0]);
    b = Math.imul(b ^ unit, MULTIPLIERS[1]);
  }
  const [mixedA, mixedB] = [mixed(a, b), mixed(b, a)];
  return hex(mixedB) + hex(mixedA);
}

function mixed(word: number, other: number): number {
  return (
    Math.imul(word ^ (word >>> 16), 2_246_822_507) ^
    Math.imul(other ^ (other >>> 13), 3_266_489_909)
  );
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
