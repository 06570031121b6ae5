/**
 * Errors to Sentry, by the client and transport of its own core (docs/decisions/0045-telemetry.md). Nothing
 * is global, patched or gathered: an event is what is built here, from texts that are scrubbed. Loaded only
 * where SENTRY_DSN is set.
 */
import { resolve } from 'node:path';
import { createStackParser, createTransport, type Event, type StackFrame } from '@sentry/core';
import { nodeStackLineParser, ServerRuntimeClient } from '@sentry/core/server';
import type { SentryConfig } from '../config/config.ts';
import { VERSION } from '../process/version.ts';
import type { BotError, ErrorReporter, ReportedError } from './error-reporter.ts';
import { createScrub, type Scrub } from './scrub.ts';
import { TokenBuckets } from './token-buckets.ts';

/** Of one issue; Sentry counts them, and the figures are in Hookpulse. */
const PER_ISSUE = { burst: 5, perMinute: 1 };
/** Of all together, so that a broken fleet does not use up the quota. */
const IN_ALL = { burst: 50, perMinute: 30 };
const CLOSE_PATIENCE_MS = 2_000;
const ROOT = `${resolve(import.meta.dirname, '../../../..')}/`;

/** @param service - `ingest`, `aggregator`, … */
export function createSentryReporter(service: string, config: SentryConfig): ErrorReporter {
  const scrub = createScrub(config.secrets);
  const stackParser = createStackParser(nodeStackLineParser());
  const limits = new TokenBuckets(PER_ISSUE, IN_ALL);
  const client = new ServerRuntimeClient({
    dsn: config.dsn,
    release: `hookpulse@${VERSION}`,
    ...(config.environment === null ? {} : { environment: config.environment }),
    integrations: [],
    stackParser,
    sendClientReports: false,
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const response = await fetch(options.url, {
          method: 'POST',
          body: typeof body === 'string' ? body : Buffer.from(body),
          headers: { ...options.headers },
        });
        await response.arrayBuffer();
        return {
          statusCode: response.status,
          headers: {
            'x-sentry-rate-limits': response.headers.get('x-sentry-rate-limits'),
            'retry-after': response.headers.get('retry-after'),
          },
        };
      }),
  });
  client.init();

  function send(issue: string, event: Event): void {
    if (!limits.take(issue, performance.now())) return;
    client.captureEvent({ ...event, tags: { service, ...event.tags }, platform: 'node' });
  }

  return {
    report(reported) {
      const issue = `${reported.message}|${reported.error?.name ?? ''}`;
      send(
        issue,
        serviceEvent(reported, scrub, (stack) => stackParser(stack)),
      );
    },
    reportBotError: config.botErrors
      ? (error) => {
          if (Math.random() < config.botErrorSampleRate) {
            send(`${error.botId}|${error.errorType}`, botEvent(error, scrub, config.publicUrl));
          }
        }
      : null,
    async close() {
      await client.close(CLOSE_PATIENCE_MS);
    },
  };
}

function serviceEvent(
  { message, error, level, tags }: ReportedError,
  scrub: Scrub,
  framesOf: (stack: string) => StackFrame[],
): Event {
  const scrubbedTags = Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [name, scrub(value)]),
  );
  const about: Event = { level, logger: 'hookpulse', tags: scrubbedTags };
  if (error === null) return { ...about, message: scrub(message) };
  const frames = framesOf(error.stack ?? '').map(placeOf);
  return {
    ...about,
    transaction: scrub(message),
    exception: {
      values: [
        {
          type: error.name,
          value: scrub(`${message}: ${error.message}`),
          ...(frames.length > 0 ? { stacktrace: { frames } } : {}),
        },
      ],
    },
  };
}

/** Grouped by bot and error type. The bot's own text stays here: it may quote what people write. */
function botEvent(error: BotError, scrub: Scrub, publicUrl: string | null): Event {
  const errorType = scrub(error.errorType);
  return {
    level: 'error',
    logger: 'bots',
    fingerprint: ['bot-error', error.botId, errorType],
    tags: {
      bot_id: error.botId,
      error_type: errorType,
      ...(error.updateType === null ? {} : { update_type: error.updateType }),
    },
    exception: { values: [{ type: errorType, value: `Bot ${error.botId} reported ${errorType}` }] },
    extra: {
      event_id: error.eventId,
      ...(publicUrl === null
        ? {}
        : { event: `${publicUrl.replace(/\/+$/, '')}/events/${error.eventId}` }),
    },
  };
}

/** Where in the code: no folders of this machine, no sources, no values. */
function placeOf({ filename, function: name, lineno, colno, in_app }: StackFrame): StackFrame {
  const path = filename?.replace(/^file:\/\//, '').replace(ROOT, '') ?? '?';
  return {
    filename: path,
    ...(name === undefined ? {} : { function: name }),
    ...(lineno === undefined ? {} : { lineno }),
    ...(colno === undefined ? {} : { colno }),
    in_app: in_app === true && !path.includes('node_modules'),
  };
}
