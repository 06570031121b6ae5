/** `/api/bots/<bot_id>/rotate-…`: new secrets for a bot that works, without a break. */

import { BotDetailsSchema } from '@hookpulse/api/bot-view';
import {
  RotatedSecretSchema,
  RotatedTokenSchema,
  rotateReportToken,
  rotateWebhookSecret,
  SecretRotationSchema,
  TokenRotationSchema,
} from '@hookpulse/api/rotate-secret';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { randomSecret, sha256Hex } from '@hookpulse/common/values/secrets';
import {
  entityTag,
  IfMatchSchema,
  preconditionFailedSchema,
} from '@hookpulse/service-kit/http/entity-tag';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import Type from 'typebox';
import type { BotEdits } from './bot-edits.ts';
import { optionalBody } from './optional-body.ts';

export interface BotSecretDeps {
  readonly registry: Pick<BotRegistry, 'put'>;
  readonly clock: Clock;
  readonly edits: BotEdits;
}

const tags = ['bots'];
const Params = Type.Object({ bot_id: Type.String() });
const refusals = {
  400: ErrorBodySchema,
  404: ErrorBodySchema,
  412: preconditionFailedSchema(BotDetailsSchema),
  503: ErrorBodySchema,
};
const options = {
  ...optionalBody,
  config: { ...optionalBody.config, hasEntityTag: true },
};
const secretSource = { randomSecret, sha256Hex };

/** @param botPath - of one bot, with its parameter `bot_id` */
export function registerBotSecrets(app: HttpApp, botPath: string, deps: BotSecretDeps): void {
  const { registry, clock, edits } = deps;

  app.post(
    `${botPath}/rotate-secret`,
    {
      ...options,
      schema: {
        tags,
        summary: 'Replaces the webhook secret; the previous one stays valid for a grace period',
        params: Params,
        headers: IfMatchSchema,
        body: SecretRotationSchema,
        response: { 200: RotatedSecretSchema, ...refusals, 409: ErrorBodySchema },
      },
    },
    (request, reply) =>
      edits.change(async () => {
        const bot = edits.expected(request);
        const rotation = rotateWebhookSecret(bot, request.body, secretSource, clock.now());
        if (!rotation) throw conflict('This webhook secret is already in use.');
        await registry.put(rotation.bot);
        reply.header('etag', entityTag(rotation.bot));
        return {
          bot_id: bot.bot_id,
          webhook_secret: rotation.secret,
          previous_valid_until: rotation.previousValidUntil,
        };
      }),
  );

  app.post(
    `${botPath}/rotate-report-token`,
    {
      ...options,
      schema: {
        tags,
        summary: 'Replaces the report token; the previous one stays valid for a grace period',
        params: Params,
        headers: IfMatchSchema,
        body: TokenRotationSchema,
        response: { 200: RotatedTokenSchema, ...refusals },
      },
    },
    (request, reply) =>
      edits.change(async () => {
        const bot = edits.expected(request);
        const rotation = rotateReportToken(bot, request.body, secretSource, clock.now());
        await registry.put(rotation.bot);
        reply.header('etag', entityTag(rotation.bot));
        return {
          bot_id: bot.bot_id,
          report_token: rotation.secret,
          previous_valid_until: rotation.previousValidUntil,
        };
      }),
  );
}
