/**
 * A Bot API on loopback that behaves like Telegram's, for tests and the demo: it takes calls, and delivers
 * updates to webhooks. Its seconds may be shorter than ours.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type CallParams, readParams } from './call-params.ts';
import { type MethodAnswer, StandInBot } from './stand-in-bot.ts';
import type { SenderTiming } from './webhook-sender.ts';

export interface StandInOptions {
  /** Default: real seconds. */
  readonly timing?: Partial<SenderTiming>;
  /** Whether webhooks may have any port and no TLS, as at a local Bot API server; default: they may. */
  readonly isLocal?: boolean;
  /** Certificates to trust, instead of those of Node.js. */
  readonly ca?: string;
  /** Default: any free port. */
  readonly port?: number;
}

/** A call, before it is carried out or afterwards. */
export interface ObservedCall {
  readonly method: string;
  readonly params: CallParams;
  readonly phase: 'before' | 'after';
}

/** May wait, or answer in the bot's stead. */
export type CallObserver = (
  call: ObservedCall,
) => MethodAnswer | undefined | Promise<MethodAnswer | undefined>;

export interface StandInTelegram {
  /** For `TELEGRAM_API_URL`. */
  readonly url: string;
  /** Makes a bot, with a token that works until it is revoked. */
  addBot(username: string): StandInBot;
  /** From then on its token is refused. */
  revoke(bot: StandInBot): void;
  /** Called for every method call. Null removes it. */
  observe(observer: CallObserver | null): void;
  /** Ends all deliveries under way. */
  close(): Promise<void>;
}

const REAL_TIMING: SenderTiming = { secondMs: 1_000, readTimeoutMs: 60_000 };
const PATH = /^\/bot(?<token>\d+:[A-Za-z0-9_-]+)\/(?:test\/)?(?<method>[A-Za-z]+)$/;
const UNAUTHORIZED: MethodAnswer = { errorCode: 401, description: 'Unauthorized' };
const NOT_FOUND: MethodAnswer = { errorCode: 404, description: 'Not Found' };
const FIRST_ID = 7_000_000_001;
/** With the two separators 35 characters, as of BotFather. */
const SECRET_BYTES = 24;

export async function startStandInTelegram(options: StandInOptions = {}): Promise<StandInTelegram> {
  const { isLocal = true, ca, port = 0 } = options;
  const timing = { ...REAL_TIMING, ...options.timing };
  const bots = new Map<string, StandInBot>();
  let created = 0;
  let observer: CallObserver | null = null;

  const server = createServer((request, response) => {
    answer(request).then(
      (one) => send(response, one),
      () => response.destroy(),
    );
  });
  // Clients that keep connections would find one closed at the moment in which they use it.
  server.keepAliveTimeout = 0;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');

  async function answer(request: IncomingMessage): Promise<MethodAnswer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const { token = '', method = '' } = PATH.exec(pathname)?.groups ?? {};
    if (token === '') return NOT_FOUND;
    const body = await buffer(request);
    const params = await readParams(request.headers['content-type'] ?? '', body, searchParams);
    const bot = bots.get(token);
    if (!bot) return UNAUTHORIZED;
    const instead = await observer?.({ method, params, phase: 'before' });
    if (instead) return instead;
    const answered = await bot.call(method, params);
    return (await observer?.({ method, params, phase: 'after' })) ?? answered;
  }

  return {
    url: `http://127.0.0.1:${address.port}`,
    addBot(username) {
      const id = FIRST_ID + created++;
      const token = `${id}:AA${randomBytes(SECRET_BYTES).toString('base64url')}s`;
      const bot = new StandInBot({ id, username, token }, { timing, isLocal, ca });
      bots.set(token, bot);
      return bot;
    },
    revoke: (bot) => void bots.delete(bot.identity.token),
    observe(next) {
      observer = next;
    },
    async close() {
      for (const bot of bots.values()) bot.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function send(response: ServerResponse, answer: MethodAnswer): void {
  const isRefused = 'errorCode' in answer;
  const body = isRefused
    ? {
        ok: false,
        error_code: answer.errorCode,
        description: answer.description,
        ...(answer.retryAfter === undefined
          ? {}
          : { parameters: { retry_after: answer.retryAfter } }),
      }
    : {
        ok: true,
        result: answer.result,
        ...(answer.description === undefined ? {} : { description: answer.description }),
      };
  response.writeHead(isRefused ? answer.errorCode : 200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
