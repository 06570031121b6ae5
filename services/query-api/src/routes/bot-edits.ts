/** What all routes of one bot share: finding it, and changing it, one request after the other. */
import { botDetails } from '@hookpulse/api/bot-view';
import { type AlertSettings, alertSettings } from '@hookpulse/common/alerts/alert-settings';
import type { Bot } from '@hookpulse/common/bots/bot';
import { assertMatches } from '@hookpulse/service-kit/http/entity-tag';
import { type HttpError, notFound } from '@hookpulse/service-kit/http/http-error';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { FastifyRequest } from 'fastify';
import { oneAtATime } from '../one-at-a-time.ts';

/** A request for one bot. */
export type BotRequest = FastifyRequest & { readonly params: { readonly bot_id: string } };

export interface BotEditsDeps {
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly controls: Pick<AlertControls, 'overrides'>;
  /** Of the environment. */
  readonly alertDefaults: AlertSettings;
}

export class BotEdits {
  readonly #deps: BotEditsDeps;
  /** One change of a bot after the other: of two at once, one would be lost. */
  readonly change = oneAtATime();

  constructor(deps: BotEditsDeps) {
    this.#deps = deps;
  }

  /** @throws HttpError 404 */
  existing(botId: string): Bot {
    const bot = this.#deps.registry.get(botId);
    if (!bot) throw noSuchBot();
    return bot;
  }

  /** The bot to change. @throws HttpError 404; 412 where the caller means an older state of it */
  expected(request: BotRequest): Bot {
    const bot = this.existing(request.params.bot_id);
    assertMatches(request, bot, () => this.detailsOf(bot));
    return bot;
  }

  /** The bot as the API shows it, with the alert settings in force. */
  detailsOf(bot: Bot) {
    const { alertDefaults, controls } = this.#deps;
    return botDetails(bot, alertSettings(alertDefaults, controls.overrides));
  }
}

export function noSuchBot(): HttpError {
  return notFound('There is no bot with this bot_id.');
}
