/** Taking over a bot's webhook, and giving it back: requests and answers (contract, section 8). */
import { WebhookSecret } from '@hookpulse/common/bots/bot';
import { BotId } from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';
import { BotTokenSchema } from './forward-settings.ts';

const DryRun = Type.Optional(
  Type.Boolean({
    description: 'true or false; true: nothing is changed, and the answer is the plan',
  }),
);

export const AdoptBodySchema = Type.Object(
  {
    bot_token: BotTokenSchema,
    bot_id: Type.Optional(BotId),
    forward_secret: Type.Optional(
      Type.String({
        ...WebhookSecret,
        description:
          '1 to 256 of A-Z a-z 0-9 _ -: the secret_token that the bot expects; Telegram does not tell it',
      }),
    ),
    dry_run: DryRun,
    check: Type.Optional(
      Type.Boolean({
        description:
          'true or false; false: neither the bot nor INGEST_URL is tried first. Default: true',
      }),
    ),
  },
  {
    additionalProperties: false,
    examples: [{ bot_token: '123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11' }],
  },
);
export type AdoptBody = Static<typeof AdoptBodySchema>;

export const ReleaseBodySchema = Type.Object(
  {
    dry_run: DryRun,
    wait: Type.Optional(
      Type.Boolean({
        description:
          'true or false; true: Telegram delivers directly only once no update of the bot waits here, so that order is kept. While some do, the answer is 202 with the outcome waiting: send the same request again. Default: true',
      }),
    ),
  },
  { additionalProperties: false, examples: [{ dry_run: true }] },
);
export type ReleaseBody = Static<typeof ReleaseBodySchema>;

/** In their order. */
export const ADOPTION_STEPS = ['bot', 'registry', 'ingest', 'webhook', 'test_update'] as const;
export const STEP_OUTCOMES = ['done', 'unchanged', 'planned', 'skipped'] as const;

const StepSchema = Type.Object({
  step: Type.Enum(ADOPTION_STEPS),
  outcome: Type.Enum(STEP_OUTCOMES),
  text: Type.String({ description: 'a sentence for people' }),
});
export type AdoptionStep = Static<typeof StepSchema>;

export const AdoptionSchema = Type.Object({
  bot_id: Type.String(),
  bot_name: Type.String(),
  dry_run: Type.Boolean(),
  webhook_url: Type.String({ description: 'where Telegram delivers: to ingest' }),
  forward_url: Type.String({
    description:
      "the bot's own webhook, where updates are forwarded; without user name and password, and a bot token in it is shown as 123456:***",
  }),
  pending_update_count: Type.Integer({
    description: 'updates that wait at Telegram; they are kept',
  }),
  steps: Type.Array(StepSchema),
  warnings: Type.Array(Type.String()),
  test_update_id: Type.Union([Type.Integer(), Type.Null()], {
    description: 'update_id of the empty update that was sent through; null: none was',
  }),
});
export type Adoption = Static<typeof AdoptionSchema>;

export const RELEASE_OUTCOMES = [...STEP_OUTCOMES, 'waiting'] as const;

export const ReleaseSchema = Type.Object({
  bot_id: Type.String(),
  bot_name: Type.String(),
  dry_run: Type.Boolean(),
  webhook_url: Type.String({
    description:
      "where Telegram delivers: to the bot's own webhook; without user name and password, and a bot token in it is shown as 123456:***",
  }),
  outcome: Type.Enum(RELEASE_OUTCOMES, {
    description: 'waiting: updates of the bot wait here, and nothing was changed at Telegram yet',
  }),
  backlog: Type.Integer({
    description: 'updates that ingest has accepted and the bot has not got yet, as far as is known',
  }),
  pending_update_count: Type.Integer({ description: 'updates that wait at Telegram' }),
  warnings: Type.Array(Type.String()),
});
export type Release = Static<typeof ReleaseSchema>;
