/** `/api/bots/adopt` and `/api/bots/<bot_id>/release`: taking over a bot's webhook, and giving it back. */
import {
  AdoptBodySchema,
  AdoptionSchema,
  ReleaseBodySchema,
  ReleaseSchema,
} from '@hookpulse/api/adoption';
import type { Bot } from '@hookpulse/common/bots/bot';
import { SealedSecretError, type SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { conflict, ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import Type from 'typebox';
import { type AdoptionDeps, adopt } from '../adopting/adopt.ts';
import type { BacklogDeps } from '../adopting/await-backlog.ts';
import { release } from '../adopting/release.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { optionalBody } from './optional-body.ts';

export interface AdoptionRoutesDeps extends Omit<AdoptionDeps & BacklogDeps, 'secretBox'> {
  /** @throws HttpError when there is no key */
  secretBox(): SecretBox;
  /** @throws HttpError 404 */
  existing(botId: string): Bot;
}

const OK = 200;
const ACCEPTED = 202;
const tags = ['bots'];
const Params = Type.Object({ bot_id: Type.String() });
const refusals = { 400: ErrorBodySchema, 409: ErrorBodySchema, 503: ErrorBodySchema };

/** @param path - of all bots  @param botPath - of one, with its parameter `bot_id` */
export function registerAdoption(
  app: HttpApp,
  path: string,
  botPath: string,
  { existing, secretBox, ...deps }: AdoptionRoutesDeps,
): void {
  // Takes seconds, which other changes need not wait for.
  const adopting = oneAtATime();

  app.post(
    `${path}/adopt`,
    {
      schema: {
        tags,
        summary: "Takes over a bot's webhook; its updates are forwarded to where it was",
        description:
          'Asks Telegram who the bot is and what its webhook is, registers it, stores that webhook as `forward.url`, and points Telegram at INGEST_URL. May be repeated at any time: it goes on with what is missing. The bot token is stored encrypted.',
        body: AdoptBodySchema,
        response: { 200: AdoptionSchema, ...refusals },
      },
    },
    (request) =>
      adopting(async () => {
        const adopted = await opened(() =>
          adopt(request.body, { ...deps, secretBox: secretBox() }),
        );
        request.done = { bot_id: adopted.bot_id };
        return adopted;
      }),
  );

  app.post(
    `${botPath}/release`,
    {
      ...optionalBody,
      schema: {
        tags,
        summary: 'Gives Telegram the own webhook of an adopted bot back',
        description:
          'First waits until nothing that ingest has accepted for the bot is left to be forwarded, so that order is kept. Ingest answers 503 for the bot meanwhile, and Telegram keeps its updates. The answer comes within seconds: 202 while something is left. Then send the same request again. Without that, Hookpulse goes on with the bot after 15 seconds.',
        params: Params,
        body: ReleaseBodySchema,
        response: { 200: ReleaseSchema, 202: ReleaseSchema, ...refusals, 404: ErrorBodySchema },
      },
    },
    (request, reply) =>
      adopting(async () => {
        const bot = existing(request.params.bot_id);
        const released = await opened(() =>
          release(bot, request.body, { ...deps, secretBox: secretBox() }),
        );
        reply.code(released.outcome === 'waiting' ? ACCEPTED : OK);
        return released;
      }),
  );
}

/** @throws HttpError 409 when a secret was sealed by a key that is lost */
async function opened<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SealedSecretError) {
      throw conflict(`A stored secret cannot be read: ${error.message}. Set it again.`);
    }
    throw error;
  }
}
