/**
 * Which wrong secrets are logged. Each is an event on the log for a week, and anybody who knows the id
 * of a bot can make one, so that of strangers only so many count: from one address its budget of
 * failures, and for one bot as much again from all of them. Telegram repeats a wrong secret too, when
 * somebody changed it on one side only: whatever comes from its addresses is logged.
 */
import { BlockList, isIPv4 } from 'node:net';
import { createRateLimiter, type RateLimiter } from '@hookpulse/common/values/rate-limiter';
import { clientAddress, clientKey } from '@hookpulse/service-kit/http/client-address';
import type { FailureBudget } from '@hookpulse/service-kit/http/failure-budget';
import type { FastifyRequest } from 'fastify';

/** https://core.telegram.org/bots/webhooks: it delivers from nowhere else, and by IPv4 only. */
const TELEGRAM = new BlockList();
TELEGRAM.addSubnet('149.154.160.0', 20, 'ipv4');
TELEGRAM.addSubnet('91.108.4.0', 22, 'ipv4');

/** Of one bot, from all addresses but Telegram's: two a second are 50 MB a day. */
const FAILURES_PER_BOT_AND_MINUTE = 120;

export class SignatureFailures {
  readonly #budget: FailureBudget;
  readonly #ofBot: RateLimiter;

  /** @param processes - which share the port: each has its part of what one bot may have */
  constructor(budget: FailureBudget, processes: number) {
    this.#budget = budget;
    this.#ofBot = createRateLimiter(FAILURES_PER_BOT_AND_MINUTE / processes);
  }

  /** Counts one. @returns 0 when it is to be logged, else the milliseconds until one is again */
  take(request: Pick<FastifyRequest, 'ip'>, botId: string, nowMs: number): number {
    const address = clientAddress(request);
    if (address !== null && isIPv4(address) && TELEGRAM.check(address)) return 0;
    return this.#budget.spend(clientKey(request)) || this.#ofBot.take(botId, nowMs);
  }
}
