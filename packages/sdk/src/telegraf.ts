/** Middleware for Telegraf: https://telegraf.js.org */
import type { Context, MiddlewareFn } from 'telegraf';
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
    const { telegram } = ctx;
    const callApi = telegram.callApi.bind(telegram);
    // Telegraf makes this object for each update, so it sees only the calls of this update.
    telegram.callApi = async (method, ...rest) => {
      const call = observed.call(method);
      try {
        const result = await callApi(method, ...rest);
        call.succeeded();
        return result;
      } catch (error) {
        const answer = telegramAnswer(error);
        if (answer) call.refused(answer.code, answer.description);
        else call.failed(error);
        throw error;
      }
    };
    await observed.handledBy(next);
  };
}

/** Of a `TelegramError`. It is not imported: an import would tie the bot to one copy of Telegraf. */
function telegramAnswer(error: unknown): { code: number; description: string } | null {
  if (!(error instanceof Error) || !('code' in error) || !('description' in error)) return null;
  const { code, description } = error;
  if (typeof code !== 'number' || typeof description !== 'string') return null;
  return { code, description };
}
