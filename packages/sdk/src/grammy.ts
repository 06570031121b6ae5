/** Middleware for grammY: https://grammy.dev */
import type { Context, MiddlewareFn } from 'grammy';
import { ObservedUpdate, type UpdateOptions } from './observed-update.ts';
import type { Reporter } from './reporter.ts';

export type { UpdateOptions } from './observed-update.ts';

/**
 * `bot.use(hookpulse(reporter))`, before all other middleware: reports each update as received and as
 * processed or failed, and each API call of its handlers. Errors go on as they are.
 */
export function hookpulse<C extends Context>(
  reporter: Reporter,
  options: UpdateOptions = {},
): MiddlewareFn<C> {
  return async (ctx, next) => {
    const observed = new ObservedUpdate(reporter, ctx.update, options);
    // grammY makes an API object for each update, so this one sees only the calls of this update.
    ctx.api.config.use(async (prev, method, payload, signal) => {
      const call = observed.call(method);
      try {
        const answer = await prev(method, payload, signal);
        if (answer.ok) call.succeeded();
        else call.refused(answer.error_code, answer.description);
        return answer;
      } catch (error) {
        call.failed(error);
        throw error;
      }
    });
    await observed.handledBy(next);
  };
}
