/** The receivers of a bot's alerts: by short name, and whole to send to. */
import {
  type AlertSettings,
  alertSettings,
  type StoredAlertOverrides,
  storedReceivers,
} from '@hookpulse/common/alerts/alert-settings';
import {
  isShortForm,
  type Receiver,
  readReceiver,
  sealedPart,
  shownReceiver,
} from '@hookpulse/common/alerts/receiver';
import { ALL_BOTS, RECEIVER_FIELD } from '@hookpulse/common/alerts/sealed-receiver';
import type { Bot } from '@hookpulse/common/bots/bot';
import { SEALED_FIELDS } from '@hookpulse/common/bots/forwarding';
import { SealedSecretError, type SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { Verdict } from './notification.ts';

export interface ReceiverBookDeps {
  readonly registry: { get(botId: string): Bot | undefined };
  readonly controls: { readonly overrides: StoredAlertOverrides };
  /** What the environment sets. */
  readonly base: AlertSettings;
  /** Null: there is no key, so nothing sealed can be opened. */
  readonly secretBox: SecretBox | null;
  /** ALERT_BOT_TOKEN. */
  readonly botToken: string | null;
}

/** Settings can be mended, and then it goes out; what was removed does not come back. */
type Unopened = Exclude<Verdict, { kind: 'taken' }>;

interface OfBot {
  readonly bot_id: string;
}

export class ReceiverBook {
  readonly #deps: ReceiverBookDeps;
  /** Short names by what is stored: asked for many times a second. */
  readonly #shown = new Map<string, string>();

  constructor(deps: ReceiverBookDeps) {
    this.#deps = deps;
  }

  /**
   * The receivers for a bot now.
   * @param toldBefore - those that were told of the same alert; null: none. For a removed bot they are
   * the only source.
   */
  receiversOf(botId: string, toldBefore: readonly string[] | null): readonly string[] {
    const { registry, controls, base } = this.#deps;
    const bot = registry.get(botId);
    if (!bot && toldBefore) return toldBefore;
    const { receivers } = alertSettings(base, controls.overrides, bot?.alerts);
    return [...new Set(receivers.map((stored) => this.#shownOf(stored)))];
  }

  /**
   * The receiver of a short name, with its secrets, or why there is none. The settings of a removed bot are
   * gone, so the end of its alert goes to a receiver whose name has all that is needed.
   * @param alerts - those whose bots may have set it
   */
  open(shown: string, alerts: readonly OfBot[]): Receiver | Unopened {
    for (const { stored, owner } of this.#stored(alerts)) {
      if (this.#shownOf(stored) === shown) return this.#opened(stored, owner);
    }
    const isOfGoneBot = alerts.some(({ bot_id }) => !this.#deps.registry.get(bot_id));
    if (!isOfGoneBot) {
      return {
        kind: 'refused',
        detail: `${shown} is not among the receivers any more: set it again`,
      };
    }
    if (!isShortForm(shown)) return opened(shown);
    return { kind: 'refused', detail: `the secret of ${shown} was removed with its bot` };
  }

  /** The token of the bot that is to send, or why there is none. */
  tokenOf(
    { botId }: Extract<Receiver, { kind: 'telegram' }>,
    alerts: readonly OfBot[],
  ): string | Unopened {
    const { botToken, registry } = this.#deps;
    if (botId === null && botToken !== null) return botToken;
    const gone = alerts.filter(({ bot_id }) => !registry.get(bot_id));
    const sender = botId ?? alerts.find((one) => !gone.includes(one))?.bot_id ?? gone[0]?.bot_id;
    const token = sender === undefined ? null : this.#tokenOfBot(sender);
    if (token !== null) return token;
    // A bot that never was is a slip in the settings; one that alerts are about was there.
    return gone.some(({ bot_id }) => bot_id === sender)
      ? { kind: 'refused', detail: `the bot ${sender}, which would send it, was removed` }
      : notNow(NO_TOKEN);
  }

  #stored(alerts: readonly OfBot[]): { stored: string; owner: string }[] {
    const { registry, controls, base } = this.#deps;
    const botIds = [...new Set(alerts.map(({ bot_id }) => bot_id))];
    return [
      ...botIds.flatMap((owner) =>
        (storedReceivers(registry.get(owner)?.alerts ?? {}) ?? []).map((stored) => ({
          stored,
          owner,
        })),
      ),
      ...[...(storedReceivers(controls.overrides) ?? []), ...base.receivers].map((stored) => ({
        stored,
        owner: ALL_BOTS,
      })),
    ];
  }

  #opened(stored: string, owner: string): Receiver | Unopened {
    const sealed = sealedPart(stored);
    if (sealed === null) return opened(stored);
    const { secretBox } = this.#deps;
    if (!secretBox) return notNow('its URL is encrypted, and SECRETS_KEY is not set here');
    try {
      return opened(secretBox.open(sealed, owner, RECEIVER_FIELD));
    } catch (error) {
      if (error instanceof SealedSecretError) return notNow(error.message);
      throw error;
    }
  }

  #tokenOfBot(botId: string): string | null {
    const sealed = this.#deps.registry.get(botId)?.bot_token;
    const { secretBox } = this.#deps;
    if (sealed === undefined || !secretBox) return null;
    try {
      return secretBox.open(sealed, botId, SEALED_FIELDS.botToken);
    } catch (error) {
      if (error instanceof SealedSecretError) return null;
      throw error;
    }
  }

  #shownOf(stored: string): string {
    const known = this.#shown.get(stored);
    if (known !== undefined) return known;
    const shown = shownReceiver(stored);
    this.#shown.set(stored, shown);
    return shown;
  }
}

const NO_TOKEN =
  'no bot can send it: set ALERT_BOT_TOKEN, or name a bot whose token is known, as in telegram://<chat_id>?bot=<bot_id>';

function opened(text: string): Receiver | Unopened {
  const result = readReceiver(text);
  return result.isOk ? result.receiver : notNow(`it is not ${result.problem}`);
}

function notNow(detail: string): Unopened {
  return { kind: 'later', detail, afterMs: null };
}
