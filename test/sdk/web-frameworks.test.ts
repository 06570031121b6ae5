/** Webhooks that are handled by hand: with Express, Fastify and `fetch`. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import express from 'express';
import Fastify from 'fastify';
import type { ReportedEvent } from '../../packages/sdk/src/event.ts';
import { hookpulse as expressMiddleware, hookpulseErrors } from '../../packages/sdk/src/express.ts';
import { hookpulse as fastifyHooks } from '../../packages/sdk/src/fastify.ts';
import { hookpulse as fetchHandler } from '../../packages/sdk/src/fetch.ts';
import { createReporter, type Reporter } from '../../packages/sdk/src/reporter.ts';
import {
  type StandInIngest,
  standInIngest,
} from '../../packages/sdk/src/testing/stand-in-ingest.ts';

const OPTIONS = { secretToken: 'right' };

class PaymentError extends Error {}

/** What the bot answers, by the text of the message. @throws PaymentError */
function statusFor(text: string): number {
  if (text === 'throw') throw new PaymentError('no money');
  return text === 'refuse' ? 422 : 200;
}

interface Started {
  deliver(secret: string, text: string): Promise<number>;
  close(): Promise<void>;
}

let ingest: StandInIngest;
let reporter: Reporter;
let started: Started;

beforeEach(() => {
  ingest = standInIngest();
  reporter = createReporter({ url: 'http://hookpulse.test', token: 't', fetch: ingest.fetch });
});
afterEach(async () => {
  await started.close();
  await reporter.close();
});

async function startExpress(): Promise<Started> {
  const app = express();
  app.post(
    '/telegram',
    express.json(),
    expressMiddleware(reporter, OPTIONS),
    (request, response) => {
      response.status(statusFor(request.body.message.text)).end();
    },
  );
  app.use(hookpulseErrors());
  app.use(
    (
      _error: unknown,
      _request: express.Request,
      response: express.Response,
      _next: express.NextFunction,
    ) => {
      response.status(500).end();
    },
  );
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    deliver: deliverTo(`http://127.0.0.1:${address.port}/telegram`, fetch),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function startFastify(): Promise<Started> {
  const app = Fastify();
  app.post<{ Body: { message: { text: string } } }>(
    '/telegram',
    fastifyHooks(reporter, OPTIONS),
    async (request, reply) => reply.code(statusFor(request.body.message.text)).send(),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { deliver: deliverTo(`${url}/telegram`, fetch), close: () => app.close() };
}

async function startFetch(): Promise<Started> {
  const handler = fetchHandler(reporter, OPTIONS, async (request) => {
    const { message } = (await request.json()) as { message: { text: string } };
    return new Response(null, { status: statusFor(message.text) });
  });
  return {
    deliver: deliverTo('http://bot.test/telegram', async (url, init) => {
      // As runtimes do with what a handler throws.
      return handler(new Request(url, init)).catch(() => new Response(null, { status: 500 }));
    }),
    close: async () => undefined,
  };
}

function deliverTo(url: string, send: typeof fetch): Started['deliver'] {
  let update_id = 0;
  return async (secret, text) => {
    update_id += 1;
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
      body: JSON.stringify({ update_id, message: { text } }),
    });
    await response.text();
    return response.status;
  };
}

describe.each([
  ['Express', startExpress],
  ['Fastify', startFastify],
  ['fetch', startFetch],
])('%s', (_name, start) => {
  test('reports each delivery by its answer', async () => {
    started = await start();
    const { deliver } = started;
    expect(await deliver('right', 'hello')).toBe(200);
    expect(await deliver('right', 'refuse')).toBe(422);
    expect(await deliver('right', 'throw')).toBe(500);
    expect(await deliver('wrong', 'hello')).toBe(401);
    await until('all reports', async () => {
      await reporter.flush();
      return ingest.counted.size === 3 * 2 + 1;
    });
    const told = [...ingest.counted.values()].map(summary);
    expect(told.toSorted()).toEqual(
      [
        'received 1 null true',
        'processed 1 null undefined',
        'received 2 null true',
        'error 2 Http422 undefined',
        'received 3 null true',
        'error 3 PaymentError undefined',
        'received undefined InvalidSignature false',
      ].toSorted(),
    );
  });
});

function summary(event: ReportedEvent): string {
  const { event_type, update_id, error_type = null, telegram_signature_valid } = event;
  return [event_type, update_id, error_type, telegram_signature_valid].map(String).join(' ');
}
