/** Why ingest does not take a request: said where it is found, and counted by that. */
import { HttpError, type HttpErrorOptions } from '@hookpulse/service-kit/http/http-error';
import type { RefusalReason } from '@hookpulse/service-kit/metrics/metrics';

declare module 'fastify' {
  interface FastifyRequest {
    /** At ingest: the bot that the request is of, which refusals are counted by; undefined: none is known. */
    botId: string | undefined;
  }
}

/** An error answer with what it is counted as. */
export class Refusal extends HttpError {
  readonly reason: RefusalReason;

  /** @param sentence - a whole sentence for the caller */
  constructor(
    reason: RefusalReason,
    statusCode: number,
    sentence: string,
    options: HttpErrorOptions = {},
  ) {
    super(statusCode, sentence, options);
    this.reason = reason;
  }
}
