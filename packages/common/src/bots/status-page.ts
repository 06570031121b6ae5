/** A status page: how some bots are doing, for people who have no token. */
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { BotId, Nullable } from '../events/webhook-event.ts';
import { VISIBLE_LINE } from '../values/visible-line.ts';

const MAX_BOTS = 50;
const Timestamp = Type.String({ format: 'date-time' });

export const STATUS_VISIBILITIES = ['public', 'link'] as const;
export type StatusVisibility = (typeof STATUS_VISIBILITIES)[number];

/** It is the page's address, so that it never changes. */
export const StatusPageName = Type.String({
  pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$',
  description: '1 to 63 of a-z 0-9 -, not at the ends; part of the address',
  examples: ['orders'],
});

export const StatusPageTitle = Type.String({
  minLength: 1,
  maxLength: 100,
  pattern: VISIBLE_LINE,
  description: '1 to 100 characters, not all blank, without control characters',
  examples: ['Orders'],
});

export const StatusPageBots = Type.Array(BotId, {
  minItems: 1,
  maxItems: MAX_BOTS,
  uniqueItems: true,
  description: `1 to ${MAX_BOTS} bot_ids, in the order in which they are shown`,
  examples: [['orders-bot']],
});

/** A record of `webhook.status-pages`. */
export const StatusPageSchema = Type.Object({
  name: StatusPageName,
  title: StatusPageTitle,
  bot_ids: StatusPageBots,
  /** Of the key in the secret link; null: the page is public. */
  key_sha256: Nullable(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  /** Whether incidents show the reasons of their alerts. */
  shows_reasons: Type.Boolean(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type StatusPage = Static<typeof StatusPageSchema>;

export const statusPageValidator = Compile(StatusPageSchema);

export function visibilityOf({ key_sha256 }: Pick<StatusPage, 'key_sha256'>): StatusVisibility {
  return key_sha256 === null ? 'public' : 'link';
}
