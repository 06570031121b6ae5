/** `GET /api/events/stream`: events as they arrive, as server-sent events (contract, section 6). */
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { ErrorBodySchema, unavailable } from '@hookpulse/common/http/http-error';
import type { EventLog } from '@hookpulse/common/log/event-log';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { FastifyReply } from 'fastify';
import Type from 'typebox';
import { EVENT_FILTER_FIELDS } from '../domain/event-filter.ts';
import { type LivePosition, positionOfText } from '../domain/live-position.ts';
import { EventStream } from '../live/event-stream.ts';
import { createLiveEvents } from '../live/live-events.ts';
import { tellEvents } from '../live/tell-events.ts';
import { oneAtATime } from '../one-at-a-time.ts';
import { givenCursor } from './page-query.ts';

export interface EventStreamDeps {
  readonly log: Pick<EventLog, 'follow' | 'ranges'>;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly settings?: Partial<EventStreamSettings>;
}

export interface EventStreamSettings {
  readonly heartbeatIntervalMs: number;
  readonly maxStreams: number;
  readonly maxWaitingBytes: number;
}

const DEFAULTS: EventStreamSettings = {
  /** Below the 30 s and more after which common proxies close what is idle. */
  heartbeatIntervalMs: 15_000,
  /** Each may keep `maxWaitingBytes` waiting. */
  maxStreams: 200,
  /** Some two thousand events. */
  maxWaitingBytes: 1_048_576,
};

const Query = Type.Object(
  {
    ...EVENT_FILTER_FIELDS,
    last_event_id: Type.Optional(
      Type.String({
        description: 'id of the last event that was seen; also by the header Last-Event-ID',
      }),
    ),
  },
  { additionalProperties: false },
);

export function registerEventStream(
  app: HttpApp,
  { log, logger, clock, settings }: EventStreamDeps,
): void {
  const { heartbeatIntervalMs, maxStreams, maxWaitingBytes } = { ...DEFAULTS, ...settings };
  const live = createLiveEvents({ log, logger });
  // Reading the log for one client must not keep it from the others.
  const queue = oneAtATime();
  const streams = new Set<EventStream>();
  let opening = 0;
  let isClosing = false;

  app.addHook('preClose', (done) => {
    isClosing = true;
    for (const stream of streams) stream.stop();
    done();
  });
  app.addHook('onClose', () => live.close());

  app.get(
    '/api/events/stream',
    {
      exposeHeadRoute: false,
      config: { isLongLived: true },
      schema: {
        tags: ['events'],
        summary: 'Events as they arrive, as server-sent events',
        description:
          'Each has an `id`; sent back as `Last-Event-ID` it resumes after that event, as far as the log still has what followed. Comments come as heartbeats. `event: lagging` is the end for a client that takes events more slowly than they come: it connects again.',
        produces: ['text/event-stream'],
        querystring: Query,
        response: {
          200: Type.String({ description: 'a stream of events, each as JSON in `data`' }),
          400: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const { last_event_id, ...filter } = request.query;
      const asked = givenCursor(last_event_id, positionOfText, 'last_event_id');
      const resumeFrom = headerPosition(request.headers['last-event-id']) ?? asked;
      if (isClosing) throw unavailable('The query API is being stopped; try again.');
      if (streams.size + opening >= maxStreams) {
        throw unavailable('As many streams are open as may be; try again later.');
      }
      opening += 1;
      const reader = await live.acquire().finally(() => {
        opening -= 1;
      });
      const { caller } = request;
      let stopListening: (() => void) | null = null;
      const stream = new EventStream({
        heartbeatIntervalMs,
        maxWaitingBytes,
        isOver: () => caller?.via === 'session' && caller.expiresAtMs <= clock.now(),
        currentId: () => (stopListening ? reader.positionText() : null),
        onClose() {
          stopListening?.();
          streams.delete(stream);
          reader.release();
        },
      });
      streams.add(stream);
      tellEvents(stream, filter, resumeFrom, { log, reader, queue }, (stop) => {
        stopListening = stop;
      }).catch((error: unknown) => {
        logger.warn({ err: error }, 'a stream of events ends: the log cannot be read');
        stream.end();
      });
      return sendStream(reply, stream);
    },
  );
}

/** A browser sends what it has; what is none is from another version, so it begins anew. */
function headerPosition(header: string | string[] | undefined): LivePosition | null {
  return typeof header === 'string' ? positionOfText(header) : null;
}

/** The reply of any route: a stream is not what a schema says. */
function sendStream(reply: FastifyReply, stream: EventStream): FastifyReply {
  return (
    reply
      .type('text/event-stream; charset=utf-8')
      // nginx would gather them.
      .header('x-accel-buffering', 'no')
      .send(stream.body)
  );
}
