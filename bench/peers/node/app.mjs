/** Fastify with the checks of Hookpulse's ingest, as one would write it first. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { fastify } from 'fastify';

const { PORT = '', BOT_ID = '', SECRET = '' } = process.env;
const MAX_BODY_BYTES = 1_048_576;
const expected = digest(SECRET);

/**
 * Serves `POST /webhook/<bot_id>`.
 * @param {(botId: string, update: object) => unknown} store - resolves once the update is durable
 */
export async function serve(store) {
  const app = fastify({ bodyLimit: MAX_BODY_BYTES });
  app.post(
    '/webhook/:botId',
    {
      onRequest: async (request, reply) => {
        if (request.params.botId !== BOT_ID) return reply.code(404).send({});
        const secret = request.headers['x-telegram-bot-api-secret-token'] ?? '';
        if (!timingSafeEqual(digest(secret), expected)) return reply.code(401).send({});
      },
    },
    async (request, reply) => {
      if (!Number.isSafeInteger(request.body?.update_id)) return reply.code(400).send({});
      try {
        await store(request.params.botId, request.body);
      } catch {
        return reply.code(503).header('retry-after', '1').send({});
      }
      return {};
    },
  );
  await app.listen({ host: '127.0.0.1', port: Number(PORT) });
}

function digest(text) {
  return createHash('sha256').update(text).digest();
}
