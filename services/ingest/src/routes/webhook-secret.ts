/**
 * Comparing the secret of a delivery with its bot's, in constant time. It is done for every request,
 * so the expected digest is made once for each bot, and the presented one by the one-shot `hash`,
 * which costs a quarter of a `Hash` object.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import { type Bot, isStillValid } from '@hookpulse/common/bots/bot';

/** Digests are compared as the bytes of their hexadecimal text, which the registry holds. */
const HEX_ENCODING = 'latin1';

/** The longest that Telegram's `setWebhook` accepts. To compare a longer one would only cost time. */
const MAX_SECRET_LENGTH = 256;

/** Digests of the secrets of a bot. */
interface ExpectedDigests {
  readonly current: Buffer;
  /** Of the secret before, whether or not it is still accepted. */
  readonly previous: Buffer | null;
}

export class WebhookSecrets {
  /** By the registry's own record of the bot: a changed bot is another record. */
  readonly #expected = new WeakMap<Bot, ExpectedDigests>();

  /**
   * The secret of now, or the one before during its grace time.
   * @param secret - as presented; a missing one is compared like a wrong one, and so is one that is
   *   too long to be any
   */
  matches(bot: Bot, secret: string | undefined, nowMs: number): boolean {
    const { current, previous } = this.#expectedOf(bot);
    const judged = secret !== undefined && secret.length <= MAX_SECRET_LENGTH ? secret : '';
    const presented = Buffer.from(hash('sha256', judged, 'hex'), HEX_ENCODING);
    const isCurrent = areEqual(presented, current);
    if (previous === null) return isCurrent;
    // Both are compared, whichever it is, so that the time taken does not tell.
    const isPrevious = areEqual(presented, previous);
    return isCurrent || (isPrevious && isStillValid(bot.previous_webhook_secret, nowMs));
  }

  #expectedOf(bot: Bot): ExpectedDigests {
    let expected = this.#expected.get(bot);
    if (!expected) {
      const { webhook_secret_sha256: current, previous_webhook_secret: previous } = bot;
      expected = {
        current: Buffer.from(current, HEX_ENCODING),
        previous: previous ? Buffer.from(previous.sha256, HEX_ENCODING) : null,
      };
      this.#expected.set(bot, expected);
    }
    return expected;
  }
}

function areEqual(presented: Buffer, expected: Buffer): boolean {
  return presented.length === expected.length && timingSafeEqual(presented, expected);
}
