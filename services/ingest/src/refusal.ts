/** Why ingest refuses a request. Routes throw a `Refusal`, and one listener counts all of them by reason. */
import type { Bot } from '@hookpulse/common/bots/bot';
import { QueueFullError } from '@hookpulse/event-log/micro-batcher';
import type { ErrorListener } from '@hookpulse/service-kit/http/error-answers';
import { HttpError, type HttpErrorOptions } from '@hookpulse/service-kit/http/http-error';
import type { IngestMetrics, RefusalReason } from './metrics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * At ingest: the bot that the delivery or report belongs to, looked up once. Null: the
     * administrator reports, or the bot is unknown.
     */
    bot: Bot | null;
  }
  interface FastifyContextConfig {
    /** At ingest: counts the outcomes of requests at this route. */
    outcomes?: { inc(outcome: string): void };
    /** The same by bot. */
    botOutcomes?: { inc(botId: string, outcome: string): void };
  }
}

/** An error answer with what it is counted as. */
export class Refusal extends HttpError {
  /** @param sentence - a whole sentence for the caller */
  constructor(
    reason: RefusalReason,
    statusCode: number,
    sentence: string,
    options: HttpErrorOptions = {},
  ) {
    super(statusCode, sentence, { ...options, reason });
  }
}

const NO_BOT = '';

/** Counts every answer of ingest that is not a success, by its reason and its bot. */
export function countRefusals({
  refusals,
  botLabels,
}: Pick<IngestMetrics, 'refusals' | 'botLabels'>): ErrorListener {
  return (answer, { routeOptions, bot }) => {
    const reason = routeOptions.url === undefined ? 'unmatched' : reasonOf(answer);
    routeOptions.config.outcomes?.inc(reason);
    if (bot) routeOptions.config.botOutcomes?.inc(bot.bot_id, reason);
    refusals.inc({ reason, bot_id: bot ? botLabels.of(bot.bot_id) : NO_BOT });
  };
}

function reasonOf({ cause, reason }: HttpError): string {
  return cause instanceof QueueFullError ? 'queue_full' : reason;
}
