/** What adopting a bot means for it as it is: where its updates go, or why it cannot be adopted. */
import type { Bot } from '@hookpulse/common/bots/bot';

export interface AdoptionFacts {
  /** Where Telegram reaches ingest; null: not known. */
  readonly ingestUrl: string | null;
  /** A local Bot API server delivers to any port, also without TLS. */
  readonly isLocalBotApi: boolean;
  /** The bot as Telegram knows it. */
  readonly user: { readonly id: number; readonly username: string };
  /** The webhook in force; empty: none is set. */
  readonly webhookUrl: string;
  readonly hasCustomCertificate: boolean;
  /** What the caller wants to call it; undefined: nothing in particular. */
  readonly wantedId: string | undefined;
  bot(botId: string): Bot | undefined;
  /** The id in the bot token that is stored with a bot; null: there is none, or it cannot be read. */
  telegramIdOf(bot: Bot): string | null;
}

export type AdoptionPlan =
  | { readonly kind: 'refused'; readonly sentence: string }
  | {
      readonly kind: 'adopt';
      readonly botId: string;
      /** Undefined: it is to be registered. */
      readonly bot: Bot | undefined;
      /** Where Telegram is to deliver. */
      readonly ingestUrl: string;
      /** Where updates are to be forwarded; null: as the bot's record says. */
      readonly forwardUrl: string | null;
      /** Whether Telegram delivers to ingest already. */
      readonly isPointed: boolean;
    };

/** What Telegram takes (https://core.telegram.org/bots/api#setwebhook); empty: 443. */
const PORTS: ReadonlySet<string> = new Set(['', '80', '88', '443', '8443']);

export function planAdoption(facts: AdoptionFacts): AdoptionPlan {
  const { ingestUrl, user, webhookUrl } = facts;
  if (ingestUrl === null) {
    return refused(
      'INGEST_URL is not set. Set it to the address at which Telegram reaches ingest, for example https://hooks.example.com.',
    );
  }
  const problem = ingestUrlProblem(ingestUrl, facts.isLocalBotApi);
  if (problem !== null) return refused(problem);
  const ownId = botIdAt(ingestUrl, webhookUrl);
  const isKnown = ownId !== null && facts.bot(ownId) !== undefined;
  const botId = facts.wantedId ?? (isKnown ? ownId : user.username);
  const bot = facts.bot(botId);
  if (bot && isOther(bot, facts)) {
    return refused(
      `The bot_id ${botId} belongs to another Telegram bot. Choose another bot_id for @${user.username}.`,
    );
  }
  const target = { kind: 'adopt', botId, bot, ingestUrl: webhookAt(ingestUrl, botId) } as const;
  if (webhookUrl === '') {
    if (bot?.forward) return { ...target, forwardUrl: null, isPointed: false };
    return refused(
      `@${user.username} has no webhook, so there is nothing to take over. Start the bot with its webhook (setWebhook), and then adopt it. A bot that uses getUpdates needs a webhook first.`,
    );
  }
  if (ownId !== null) {
    if (ownId === botId && bot?.forward) return { ...target, forwardUrl: null, isPointed: true };
    return refused(
      `Telegram delivers the updates of @${user.username} to this Hookpulse already, as ${ownId}, and the bot's own webhook is not known. Set it with PATCH /api/bots/${ownId} {"forward": {"url": …}}.`,
    );
  }
  if (bot?.forward && isFormerIngest(bot, webhookUrl)) {
    return { ...target, forwardUrl: null, isPointed: false };
  }
  if (facts.hasCustomCertificate) {
    return refused(
      `The webhook of @${user.username} has a certificate of its own, which Telegram does not give back. Use a certificate of a public authority, or register the bot by hand.`,
    );
  }
  return { ...target, forwardUrl: webhookUrl, isPointed: false };
}

/** Whether it is an address of ingest that Telegram was given for the bot: INGEST_URL may have changed since. */
export function isFormerIngest({ bot_id: botId, adoption }: Bot, webhookUrl: string): boolean {
  if (!adoption) return false;
  const url = hrefOf(webhookUrl);
  // A bot's own webhook may end like that, too, but nothing else is known of earlier adoptions.
  if (!adoption.ingest_urls) return url?.endsWith(`/webhook/${botId}`) ?? false;
  return adoption.ingest_urls.some((known) => hrefOf(known) === url);
}

/** Where ingest takes the deliveries of a bot. */
export function webhookAt(ingestUrl: string, botId: string): string {
  return `${ingestUrl.replace(/\/+$/, '')}/webhook/${botId}`;
}

/** The bot_id of a URL of this ingest; null: it is another URL. */
export function botIdAt(ingestUrl: string, webhookUrl: string): string | null {
  const start = hrefOf(webhookAt(ingestUrl, ''));
  const url = hrefOf(webhookUrl);
  if (start === null || !url?.startsWith(start)) return null;
  const botId = url.slice(start.length).replace(/\/$/, '');
  return /^[A-Za-z0-9_-]{1,64}$/.test(botId) ? botId : null;
}

/** Null: Telegram can deliver there. */
export function ingestUrlProblem(ingestUrl: string, isLocalBotApi: boolean): string | null {
  const url = URL.parse(ingestUrl);
  const extras = url ? url.search + url.hash + url.username + url.password : ingestUrl;
  if (!url || extras !== '') {
    return 'INGEST_URL must be an address without user name, password, query and fragment, for example https://hooks.example.com.';
  }
  if (isLocalBotApi) return null;
  if (url.protocol === 'https:' && PORTS.has(url.port)) return null;
  return 'INGEST_URL must be https at port 443, 80, 88 or 8443: Telegram delivers to no other. A local Bot API server (TELEGRAM_API_URL) does.';
}

function isOther(bot: Bot, { telegramIdOf, user }: AdoptionFacts): boolean {
  const id = telegramIdOf(bot);
  return id !== null && id !== String(user.id);
}

function hrefOf(text: string): string | null {
  return URL.parse(text)?.href ?? null;
}

function refused(sentence: string): AdoptionPlan {
  return { kind: 'refused', sentence };
}
