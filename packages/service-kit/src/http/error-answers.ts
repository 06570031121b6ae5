/**
 * Turns whatever a route, a hook or Fastify itself throws into the contract's error answer.
 * Errors are told apart by class, never by text; what is not known is logged and answered 500.
 */
import type { IncomingMessage } from 'node:http';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { errorCode } from '@hookpulse/common/values/error-code';
import { LogUnavailableError, MessageTooLargeError } from '@hookpulse/event-log/event-log';
import { TableNotReadError } from '@hookpulse/topic-tables/topic-table';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { traceFields } from '../telemetry/tracer.ts';
import { clientAddress, clientKey } from './client-address.ts';
import type { FailureBudget } from './failure-budget.ts';
import {
  badRequest,
  errorBody,
  HttpError,
  tooManyFailures,
  unavailable,
  WrongCredentialError,
} from './http-error.ts';
import { loggedUrl } from './logged-url.ts';
import { createRefusalLog, type RefusalLog } from './refusal-log.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** It takes credentials in its body: whatever it refuses counts as a wrong one. */
    takesCredentials?: boolean;
  }
}

/** A class of errors, to be tested with `instanceof`. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** Twice the largest body that any route takes. */
const MAX_DISCARDED_BYTES = 2_097_152;
/** A sender that has used up its failures costs no more reading than what is on its way. */
const MAX_DISCARDED_BYTES_OF_TOO_MANY = 65_536;
const TOO_MANY_REQUESTS = 429;

const INTERNAL_ERROR_SENTENCE = 'Internal error. Details are in the service log.';

interface FastifyMeaning {
  readonly statusCode: number;
  readonly sentence: string;
  /** Default: `invalid`. */
  readonly reason?: string;
}

/** What Fastify's own errors mean to a caller (https://fastify.dev/docs/latest/Reference/Errors/). */
const FASTIFY_ERRORS: Readonly<Record<string, FastifyMeaning>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    statusCode: 413,
    sentence: 'The body is too large.',
    reason: 'too_large',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    statusCode: 415,
    sentence: 'Unsupported content type. Send application/json.',
    reason: 'unsupported_type',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    statusCode: 400,
    sentence: 'The length of the body differs from its Content-Length.',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { statusCode: 400, sentence: 'The body is not valid JSON.' },
  FST_ERR_BAD_URL: { statusCode: 400, sentence: 'The path has invalid percent-encoding.' },
  FST_ERR_MAX_PARAM_LENGTH: { statusCode: 414, sentence: 'A segment of the path is too long.' },
  FST_ERR_HANDLER_TIMEOUT: { statusCode: 503, sentence: 'The request timed out. Try again later.' },
};

/** Answers an error. To be called by Fastify's error handler and its framework errors alike. */
export type ErrorAnswerer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void;

/** Told what is answered, and why: the answer's `cause` is the error behind it. */
export type ErrorListener = (answer: HttpError, request: FastifyRequest) => void;

export interface ErrorAnswererOptions {
  /** Classes of errors, beside the log's own, that mean 503. */
  readonly unavailableErrors: readonly ErrorClass[];
  readonly onErrorAnswer: ErrorListener | undefined;
  readonly failures: FailureBudget;
}

export function createErrorAnswerer(logger: Logger, options: ErrorAnswererOptions): ErrorAnswerer {
  const unavailableClasses: readonly ErrorClass[] = [
    LogUnavailableError,
    ...options.unavailableErrors,
  ];
  const logs: RefusalLogs = {
    unavailable: createRefusalLog(logger, {
      message: 'request refused: service unavailable',
      repeatAfterMs: 1_000,
    }),
    tooMany: createRefusalLog(logger, {
      message: 'request refused: too many requests from this sender',
      repeatAfterMs: 10_000,
    }),
  };
  return (error, request, reply) => {
    const answer = withinBudget(toHttpError(error, unavailableClasses), request, options.failures);
    logFailure(logger, logs, answer, request);
    options.onErrorAnswer?.(answer, request);
    // Fastify would close the connection on a body it has not read to its end. Node reads on and
    // throws the rest away, so that a caller who is still sending gets to read the answer.
    reply.removeHeader('connection');
    discardRest(request.raw, answer.statusCode);
    reply
      .code(answer.statusCode)
      .headers(answer.headers)
      .send({
        ...errorBody(answer.message, answer.details),
        ...(answer.current === undefined ? {} : { current: answer.current }),
      });
  };
}

/** The contract's answer to any error. */
export function toHttpError(error: unknown, unavailableClasses: readonly ErrorClass[]): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof TableNotReadError) return unavailable(notReadSentence(error), error);
  if (unavailableClasses.some((errorClass) => error instanceof errorClass)) {
    return unavailable('The service is unavailable. Try again later.', error);
  }
  if (error instanceof MessageTooLargeError) {
    return unavailable(
      "The event log refuses a message of this size. Raise the topic's max.message.bytes.",
      error,
    );
  }
  const known = FASTIFY_ERRORS[errorCode(error) ?? ''];
  if (known?.statusCode === 503) return unavailable(known.sentence, error);
  if (known) {
    const { statusCode, sentence, reason = 'invalid' } = known;
    return new HttpError(statusCode, sentence, { cause: error, reason });
  }
  if (isClientError(error)) return badRequest('The request could not be read.');
  return new HttpError(500, INTERNAL_ERROR_SENTENCE, { cause: error });
}

function notReadSentence({ message }: TableNotReadError): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}; try again.`;
}

/** What is answered to a failure: itself while the budget of its address lasts. */
function withinBudget(
  answer: HttpError,
  request: FastifyRequest,
  failures: FailureBudget,
): HttpError {
  const isRefusal = answer.statusCode >= 400 && answer.statusCode < 500;
  const isFailure =
    answer instanceof WrongCredentialError ||
    (isRefusal && request.routeOptions.config.takesCredentials === true);
  if (!isFailure) return answer;
  const waitMs = failures.spend(clientKey(request));
  return waitMs > 0 ? tooManyFailures(waitMs) : answer;
}

/** Reads and discards the rest of a body that no route reads, up to a limit. */
function discardRest(raw: IncomingMessage, statusCode: number): void {
  if (raw.complete) return;
  let leftBytes =
    statusCode === TOO_MANY_REQUESTS ? MAX_DISCARDED_BYTES_OF_TOO_MANY : MAX_DISCARDED_BYTES;
  raw.on('data', (chunk: Buffer) => {
    leftBytes -= chunk.length;
    if (leftBytes < 0) raw.socket.destroy();
  });
}

type RefusalLogs = Readonly<Record<'unavailable' | 'tooMany', RefusalLog>>;

function logFailure(
  logger: Logger,
  logs: RefusalLogs,
  answer: HttpError,
  request: FastifyRequest,
): void {
  const { id: requestId, method } = request;
  const url = loggedUrl(request.url);
  const ids = { requestId, ...traceFields(request.span) };
  const fields = { ...ids, method, url, statusCode: answer.statusCode };
  if (answer.statusCode === 503) {
    logs.unavailable(fields, answer.cause instanceof Error ? answer.cause : answer);
  } else if (answer.statusCode === 429) {
    logs.tooMany({ ...fields, address: clientAddress(request) }, answer);
  } else if (answer.statusCode >= 500) {
    logger.error({ ...fields, err: answer.cause ?? answer }, 'request failed');
  } else {
    logger.debug({ ...fields, reason: answer.message }, 'request refused');
  }
}

/** Of an error that a library threw with a status of its own, such as a broken request stream. */
function isClientError(error: unknown): boolean {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
}
