/** What Hookpulse has to remember of a bot whose webhook it has taken over (contract, section 8). */
import Type, { type Static } from 'typebox';

/** The name for which the secret is sealed. */
export const ADOPTION_SECRET_FIELD = 'adoption.webhook_secret';

export const AdoptionRecordSchema = Type.Object({
  adopted_at: Type.String(),
  /**
   * The secret that Telegram sends to ingest; sealed. Kept, so that an adoption that was cut off goes on
   * with the same one: Telegram may have it already.
   */
  webhook_secret: Type.String(),
  /** Where Telegram reached the bot's own webhook, if its name does not lead there; given back with it. */
  ip_address: Type.Optional(Type.String()),
});
export type AdoptionRecord = Static<typeof AdoptionRecordSchema>;
