/** `GET /api/events/stream`: events as they arrive, as server-sent events (contract, section 6). */
import { Readable } from 'node:stream';
import { isVisible } from '@hookpulse/api/access';
import { type Caller, tokenKey } from '@hookpulse/api/caller';
import { EVENT_FILTER_FIELDS, matchesFilter } from '@hookpulse/api/event-filter';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { MOMENT_FORM, momentMs } from '@hookpulse/common/values/moment';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import {
  ErrorBodySchema,
  tooManyRequests,
  unavailable,
} from '@hookpulse/service-kit/http/http-error';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import type { Credentials } from '../access/credentials.ts';
import { type LivePosition, positionOfText } from '../domain/live-position.ts';
import { EventStream } from '../live/event-stream.ts';
import { createLiveEvents } from '../live/live-events.ts';
import { type StreamHolder, type StreamLimits, StreamSlots } from '../live/stream-slots.ts';
import { tellEvents } from '../live/tell-events.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { visibleBotsOf } from './auth.ts';
import { givenCursor } from './given-fields.ts';

export interface EventStreamDeps {
  readonly log: Pick<EventLog, 'follow' | 'ranges' | 'offsetsAt'>;
  readonly logger: Logger;
  readonly credentials: Credentials;
  /** Told when somebody's access may have ended. @returns how to stop that */
  readonly onAccessChange: (listener: () => void) => () => void;
  readonly settings?: Partial<EventStreamSettings>;
}

export interface EventStreamSettings extends StreamLimits {
  readonly heartbeatIntervalMs: number;
  readonly maxWaitingBytes: number;
}

const DEFAULTS: EventStreamSettings = {
  /**
   * So often that a page notices within some seconds that its connection carries nothing any more;
   * below the 30 s and more after which common proxies close what is idle.
   */
  heartbeatIntervalMs: 5_000,
  /** Each may keep `maxWaitingBytes` waiting. */
  maxStreams: 200,
  /** So that the readers of one token leave some to those of another. */
  maxStreamsPerToken: 100,
  /** A browser's tabs. */
  maxStreamsPerSession: 20,
  /** Some two thousand events. */
  maxWaitingBytes: 1_048_576,
};

/** Streams end when pages are closed. */
const RETRY_AFTER_MS = 30_000;

const Query = Type.Object({
  ...EVENT_FILTER_FIELDS,
  from: Type.Optional(
    Type.String({
      format: 'date-time',
      description: `${MOMENT_FORM}; events that the log has taken since then; default: now`,
    }),
  ),
  last_event_id: Type.Optional(
    Type.String({
      description: 'the id of the last event received; or send the header Last-Event-ID',
    }),
  ),
});

export function registerEventStream(
  app: HttpApp,
  { log, logger, credentials, onAccessChange, settings }: EventStreamDeps,
): void {
  const limits = { ...DEFAULTS, ...settings };
  const { heartbeatIntervalMs, maxWaitingBytes } = limits;
  const slots = new StreamSlots(limits);
  const live = createLiveEvents({ log, logger });
  // Reading the log for one client must not keep it from the others.
  const queue = oneAtATime();
  const streams = new Set<EventStream>();
  let isClosing = false;

  const stopWatching = onAccessChange(() => {
    for (const stream of streams) stream.endIfOver();
  });
  app.addHook('preClose', (done) => {
    isClosing = true;
    stopWatching();
    for (const stream of streams) stream.stop();
    done();
  });
  app.addHook('onClose', () => live.close());

  app.get(
    '/api/events/stream',
    {
      config: { isLongLived: true, bots: 'filtered' },
      schema: {
        tags: ['events'],
        summary: 'Events as they arrive, as server-sent events',
        description:
          'Each event has an `id`. Send it as `Last-Event-ID` to resume after that event, as far as the log still holds what followed. `event: heartbeat`, with a comment of the same name, is sent every five seconds: a client that receives nothing for longer has lost its connection. `event: lagging` ends the stream of a client that reads more slowly than events arrive; it reconnects.',
        produces: ['text/event-stream'],
        querystring: Query,
        response: {
          200: Type.String({ description: 'a stream of events, each as JSON in `data`' }),
          400: ErrorBodySchema,
          429: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const { last_event_id, from, ...filter } = request.query;
      const asked = givenCursor(last_event_id, positionOfText, 'last_event_id');
      const resumeFrom = headerPosition(request.headers['last-event-id']) ?? asked;
      if (isClosing) throw unavailable('The query API is stopping. Try again.');
      // Nothing would ever be written to it.
      if (request.method === 'HEAD') return sendStream(reply, Readable.from([]));
      const begin = resumeFrom ?? (from === undefined ? null : await positionAt(log, from));
      const slot = slots.take(holderOf(request.caller));
      if (slot.kind === 'full') {
        throw unavailable('Too many streams are open. Try again later.');
      }
      if (slot.kind === 'too_many') {
        throw tooManyRequests(RETRY_AFTER_MS, 'open streams of this token or session');
      }
      const reader = await live.acquire().catch((error: unknown) => {
        slot.release();
        throw error;
      });
      let stopListening: (() => void) | null = null;
      const stream = new EventStream({
        heartbeatIntervalMs,
        maxWaitingBytes,
        isOver: () => credentials.identify(request) === null,
        currentId: () => (stopListening ? reader.positionText() : null),
        onClose() {
          stopListening?.();
          streams.delete(stream);
          reader.release();
          slot.release();
        },
      });
      streams.add(stream);
      const bots = visibleBotsOf(request.caller);
      const isAsked = (event: WebhookEvent) =>
        isVisible(bots, event.bot_id) && matchesFilter(event, filter);
      tellEvents(stream, isAsked, begin, { log, reader, queue }, (stop) => {
        stopListening = stop;
      }).catch((error: unknown) => {
        logger.warn({ err: error }, 'event stream ended: the log cannot be read');
        stream.end();
      });
      return sendStream(reply, stream.body);
    },
  );
}

async function positionAt(log: Pick<EventLog, 'offsetsAt'>, from: string): Promise<LivePosition> {
  const positions = await log.offsetsAt(EVENTS_TOPIC, momentMs(from));
  return new Map(positions.map(({ partition, offset }) => [partition, offset]));
}

function holderOf(caller: Caller | null): StreamHolder {
  return {
    token: caller ? tokenKey(caller.token) : 'none',
    sessionId: caller?.session?.sessionId ?? null,
  };
}

/** A browser sends what it has; what is none is from another version, so it begins anew. */
function headerPosition(header: string | string[] | undefined): LivePosition | null {
  return typeof header === 'string' ? positionOfText(header) : null;
}

/** The reply of any route: a stream is not what a schema says. */
export function sendStream(reply: FastifyReply, body: Readable): FastifyReply {
  return (
    reply
      .type('text/event-stream; charset=utf-8')
      // nginx would gather them.
      .header('x-accel-buffering', 'no')
      .send(body)
  );
}
