/** `GET /api/updates/stream`: updates of a bot as server-sent events, for its workers and for people. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { isVisible } from '@hookpulse/api/access';
import type { Caller } from '@hookpulse/api/caller';
import { tokenKey } from '@hookpulse/api/caller';
import { StreamProgressSchema, UpdateStreamQuerySchema } from '@hookpulse/api/update-stream';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { momentMs } from '@hookpulse/common/values/moment';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import {
  conflict,
  ErrorBodySchema,
  notFound,
  tooManyRequests,
  unavailable,
} from '@hookpulse/service-kit/http/http-error';
import { invalidInput } from '@hookpulse/service-kit/http/invalid-input';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import Type from 'typebox';
import type { Credentials } from '../access/credentials.ts';
import { openingFrame } from '../live/event-frames.ts';
import { EventStream } from '../live/event-stream.ts';
import { StreamSlots } from '../live/stream-slots.ts';
import { followUpdates } from '../updates/follow-updates.ts';
import { GroupSubscription } from '../updates/group-subscription.ts';
import { type Place, placeOfText } from '../updates/update-frame.ts';
import { visibleBotsOf } from './auth.ts';
import { sendStream } from './event-stream.ts';
import { givenCursor } from './given-fields.ts';

export interface UpdateStreamDeps {
  readonly log: EventLog;
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly logger: Logger;
  readonly credentials: Credentials;
  /** Told when somebody's access may have ended. @returns how to stop that */
  readonly onAccessChange: (listener: () => void) => () => void;
  readonly heartbeatIntervalMs?: number;
}

/** As of events: a client notices soon that its connection carries nothing any more. */
const HEARTBEAT_INTERVAL_MS = 5_000;
/** Each is a member of a group, with connections of its own on Kafka. */
const LIMITS = { maxStreams: 100, maxStreamsPerToken: 50, maxStreamsPerSession: 5 };
/** A few of the largest updates. */
const MAX_WAITING_BYTES = 8 * 1_048_576;
const RETRY_AFTER_MS = 30_000;
const DEFAULT_MAX_PENDING = 500;
const tags = ['updates'];

/** A stream of a group that is open in this process. */
interface OpenStream {
  readonly botId: string;
  readonly subscription: GroupSubscription;
}

export function registerUpdateStream(app: HttpApp, deps: UpdateStreamDeps): void {
  const { log, registry, logger, credentials } = deps;
  const { heartbeatIntervalMs = HEARTBEAT_INTERVAL_MS } = deps;
  const slots = new StreamSlots(LIMITS);
  const bodies = new Set<EventStream>();
  const openStreams = new Map<string, OpenStream>();
  const closing = new Set<Promise<void>>();
  let isClosing = false;
  const stopWatching = deps.onAccessChange(() => {
    for (const stream of bodies) stream.endIfOver();
  });
  app.addHook('preClose', (done) => {
    isClosing = true;
    stopWatching();
    for (const stream of bodies) stream.stop();
    done();
  });
  app.addHook('onClose', async () => {
    await Promise.all(closing);
  });

  app.get(
    '/api/updates/stream',
    {
      config: { access: 'admin', isLongLived: true, isAudited: true, bots: 'filtered' },
      schema: {
        tags,
        summary: 'Updates of a bot in their order, as server-sent events',
        description:
          'Updates are what people have written to the bot, so this requires the scope admin, for this bot. With `group`, the server keeps the position of the group: it begins where the group has said that it is (`POST /api/updates/stream/progress`), and one client of a group is sent the updates at a time, the next one takes over. `event: opened` has the `stream_id`; `event: assigned` says that updates follow; `event: revoked` says that another client gets what is not done: finish what is under way and report it with `released`. Without `group`, it begins at `from`, or now. `Last-Event-ID` says up to where everything is done. `event: heartbeat` comes every five seconds. Each update has the `id` of the place behind it.',
        produces: ['text/event-stream'],
        querystring: UpdateStreamQuerySchema,
        response: {
          200: Type.String({ description: 'a stream of updates, each as JSON in `data`' }),
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          429: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const { query, caller } = request;
      const { bot_id: botId, group, from, start = 'earliest', last_event_id } = query;
      if (!isVisible(visibleBotsOf(caller), botId) || !registry.get(botId)) throw noSuchBot();
      if (group !== undefined && from !== undefined) {
        throw invalidInput('query', [
          { field: 'from', message: 'from is for streams without group; a group has a position' },
        ]);
      }
      const asked = givenCursor(last_event_id, placeOfText, 'last_event_id');
      const doneTo = placeInHeader(request.headers['last-event-id']) ?? asked;
      if (isClosing) throw unavailable('The query API is stopping. Try again.');
      // Nothing would ever be written to it.
      if (request.method === 'HEAD') return sendStream(reply, Readable.from([]));
      const slot = slots.take(holderOf(caller));
      if (slot.kind === 'full') throw unavailable('Too many streams are open. Try again later.');
      if (slot.kind === 'too_many') {
        throw tooManyRequests(RETRY_AFTER_MS, 'open streams of this token or session');
      }
      const id = randomUUID();
      let source: { readonly reachedText: string | null; close(): Promise<void> } | null = null;
      const stream = new EventStream({
        heartbeatIntervalMs,
        maxWaitingBytes: MAX_WAITING_BYTES,
        isOver: () => credentials.identify(request) === null,
        currentId: () => source?.reachedText ?? null,
        onClose() {
          bodies.delete(stream);
          openStreams.delete(id);
          slot.release();
          if (source) close(source);
        },
      });
      bodies.add(stream);
      const send = (frame: string) => stream.sendWhenTaken(frame);
      stream.send(openingFrame(null));
      try {
        if (group === undefined) {
          source = await followUpdates({
            ...{ log, botId, send, signal: stream.signal, seenTo: doneTo },
            fromMs: from === undefined ? null : momentMs(from),
            onBroken: ended,
          });
        } else {
          stream.send(`event: opened\ndata: ${JSON.stringify({ stream_id: id })}\n\n`);
          const subscription = await GroupSubscription.open({
            ...{ log, botId, group, start, doneTo, send },
            maxPending: query.max_pending ?? DEFAULT_MAX_PENDING,
          });
          source = subscription;
          openStreams.set(id, { botId, subscription });
        }
      } catch (error) {
        stream.body.destroy();
        throw error;
      }
      // The client has gone meanwhile.
      if (stream.signal.aborted) close(source);
      return sendStream(reply, stream.body);

      function ended(error: unknown): void {
        logger.warn({ err: error }, 'update stream ended: the log cannot be read');
        stream.end();
      }
    },
  );

  app.post(
    '/api/updates/stream/progress',
    {
      // So often that it would be all that the audit has; opening the stream is recorded.
      config: { access: 'admin', isAudited: false, bots: 'filtered' },
      schema: {
        tags,
        summary: 'Says how far a client of a group has come',
        description:
          '`id` is the id behind the last update before which everything is done: the group goes on from there. `handled` counts all updates of this stream that are done; at most `max_pending` more than that are sent. After `revoked` nothing is stored where another client has the updates already. 409: the stream is not open here; open a new one with `Last-Event-ID`.',
        body: StreamProgressSchema,
        response: {
          204: Type.Null({ description: 'It is noted.' }),
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          409: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const { bot_id: botId, stream_id, id, handled, released = false } = request.body;
      if (!isVisible(visibleBotsOf(request.caller), botId)) throw noSuchBot();
      const open = openStreams.get(stream_id);
      if (open?.botId !== botId) {
        throw conflict('This stream is not open here. Open a new one with Last-Event-ID.');
      }
      // The schema has let through nothing else.
      const doneTo = id === undefined ? null : placeOfText(id);
      await open.subscription.progress({ doneTo, handled, isReleased: released });
      return reply.code(204).send(null);
    },
  );

  function close(source: { close(): Promise<void> }): void {
    const closed = source
      .close()
      .catch((error: unknown) => logger.warn({ err: error }, 'an update stream did not close'))
      .finally(() => closing.delete(closed));
    closing.add(closed);
  }
}

function holderOf(caller: Caller | null) {
  return {
    token: caller ? tokenKey(caller.token) : 'none',
    sessionId: caller?.session?.sessionId ?? null,
  };
}

/** What is no place is from another version: the group's own position counts. */
function placeInHeader(header: string | string[] | undefined): Place | null {
  return typeof header === 'string' ? placeOfText(header) : null;
}

function noSuchBot() {
  return notFound('There is no bot with this bot_id.');
}
