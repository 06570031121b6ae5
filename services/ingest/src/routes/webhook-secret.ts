/**
 * Comparing the secret of a delivery with its bot's, in constant time. It is done for every request,
 * so the expected digest is made once for each bot, and the presented one by the one-shot `hash`,
 * which costs a quarter of a `Hash` object.
 */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Bot } from '@hookpulse/common/domain/bot';

/** Digests are compared as the bytes of their hexadecimal text, which the registry holds. */
const HEX_ENCODING = 'latin1';

export class WebhookSecrets {
  /** By the registry's own record of the bot: a changed bot is another record. */
  readonly #expected = new WeakMap<Bot, Buffer>();

  /** @param secret - as presented; a missing one is compared like a wrong one */
  matches(bot: Bot, secret: string | undefined): boolean {
    const expected = this.#expectedOf(bot);
    const presented = Buffer.from(hash('sha256', secret ?? '', 'hex'), HEX_ENCODING);
    return presented.length === expected.length && timingSafeEqual(presented, expected);
  }

  #expectedOf(bot: Bot): Buffer {
    let expected = this.#expected.get(bot);
    if (!expected) {
      expected = Buffer.from(bot.webhook_secret_sha256, HEX_ENCODING);
      this.#expected.set(bot, expected);
    }
    return expected;
  }
}
