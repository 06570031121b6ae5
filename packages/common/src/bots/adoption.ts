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
  /** Addresses of ingest that Telegram was given, or was about to be; absent: an earlier version has adopted it. */
  ingest_urls: Type.Optional(Type.Array(Type.String())),
  /** Where Telegram reached the bot's own webhook, if its name does not lead there; given back with it. */
  ip_address: Type.Optional(Type.String()),
  /**
   * While the bot is released, ingest takes no delivery of it, so that what it has taken before can be
   * forwarded first: Telegram keeps and repeats its updates meanwhile. It ends by itself, so that a
   * release that was cut off holds nothing up.
   */
  hold: Type.Optional(Type.Object({ since: Type.String(), until: Type.String() })),
});
export type AdoptionRecord = Static<typeof AdoptionRecordSchema>;

/** Whether ingest refuses deliveries of the bot for now. */
export function isHeld(adoption: AdoptionRecord | undefined, nowMs: number): boolean {
  return adoption?.hold !== undefined && nowMs < Date.parse(adoption.hold.until);
}
