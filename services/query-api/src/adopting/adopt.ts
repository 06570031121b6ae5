/**
 * Takes over a bot's webhook: registers the bot with its present webhook as the place where its updates
 * are forwarded, and then points Telegram at ingest. In this order, so that the bot has a webhook and a
 * way to its updates at every moment; whatever it was cut off after, the same request goes on from there.
 */
import { randomUUID } from 'node:crypto';
import { resolve4 } from 'node:dns/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { AdoptBody, Adoption, AdoptionStep } from '@hookpulse/api/adoption';
import { forwardProblem } from '@hookpulse/api/forward-settings';
import { changeBot, createBot } from '@hookpulse/api/new-bot';
import { type BotApi, createBotApi } from '@hookpulse/bot-api/bot-api';
import type { BotUser, WebhookInfo } from '@hookpulse/bot-api/bot-api-types';
import { ADOPTION_SECRET_FIELD, type AdoptionRecord } from '@hookpulse/common/bots/adoption';
import type { Bot } from '@hookpulse/common/bots/bot';
import { MAX_CONNECTIONS_LIMIT } from '@hookpulse/common/bots/forwarding';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import { matchesSha256, randomSecret, sha256Hex } from '@hookpulse/common/values/secrets';
import { conflict, unavailable } from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { type AdoptionPlan, planAdoption } from '../domain/adoption-plan.ts';
import { openBotSecrets } from './bot-secrets.ts';
import { shownUrl } from './shown-url.ts';
import { resultOf } from './telegram-calls.ts';
import { knock, sendTestUpdate, TEST_UPDATE_ID, type Trial } from './webhook-trial.ts';

export interface AdoptionDeps {
  readonly registry: Pick<BotRegistry, 'get' | 'put'>;
  readonly secretBox: SecretBox;
  readonly clock: Clock;
  /** Null: it is not known where Telegram reaches ingest. */
  readonly ingestUrl: string | null;
  readonly telegramApiUrl: string;
  /** Where updates may be forwarded; none: everywhere but to refused addresses. */
  readonly allowedHosts: readonly string[];
  /** How long a change takes to reach every service, milliseconds; default: as the contract promises. */
  readonly spreadMs?: number | undefined;
  /** One change of a bot after the other. */
  changing<T>(task: () => Promise<T>): Promise<T>;
}

type Target = Extract<AdoptionPlan, { kind: 'adopt' }>;

const TELEGRAM_HOST = 'api.telegram.org';
/** What ingest answers to a body that is no JSON, after it has checked the secret. */
const KNOWN_AND_RIGHT = 415;
/** A change reaches every service within this time (contract, section 6). */
const CHANGE_SPREADS_MS = 2_000;
/** Ingest may be busy. */
const INGEST_PATIENCE_MS = 3 * CHANGE_SPREADS_MS;
const KNOCK_INTERVAL_MS = 250;

/** @throws HttpError when it cannot be adopted; nothing is lost then, and the webhook is where it was. */
export async function adopt(body: AdoptBody, deps: AdoptionDeps): Promise<Adoption> {
  const { bot_token: token, dry_run: isDryRun = false, check: isChecked = true } = body;
  const api = createBotApi({ apiUrl: deps.telegramApiUrl, token });
  const user = await resultOf(() => api.getMe());
  const info = await resultOf(() => api.getWebhookInfo());
  const target = targetOf(body, user, info, deps);
  assertForwardable(target);
  const secrets = target.bot ? openBotSecrets(target.bot, deps.secretBox) : null;
  const forwardUrl = target.forwardUrl ?? secrets?.forwardUrl ?? '';
  const forwardSecret = body.forward_secret ?? secrets?.forwardSecret ?? null;
  const { warnings, ip } = await remarksOn(forwardUrl, target, info);
  const name = target.bot?.name ?? [...user.first_name].slice(0, 100).join('');
  const adoption = (steps: AdoptionStep[], testUpdateId: number | null): Adoption => ({
    bot_id: target.botId,
    bot_name: name,
    dry_run: isDryRun,
    webhook_url: target.ingestUrl,
    forward_url: shownUrl(forwardUrl),
    pending_update_count: info.pending_update_count,
    steps,
    warnings,
    test_update_id: testUpdateId,
  });
  if (isDryRun) {
    const connections = newConnections(target, secrets?.forwardUrl ?? null, info);
    return adoption(plannedSteps(target, forwardSecret !== null, connections), null);
  }

  const steps: AdoptionStep[] = [];
  const trial = isChecked
    ? await sendTestUpdate({ url: forwardUrl, secret: forwardSecret }, deps.allowedHosts)
    : null;
  const takesTests = trial !== null && assertBotAnswers(trial, forwardSecret !== null, warnings);
  steps.push({
    step: 'bot',
    outcome: takesTests ? 'done' : 'skipped',
    text: takesTests
      ? `The bot answers at ${shownUrl(forwardUrl)}.`
      : 'The bot was not tried, or does not answer to an empty update.',
  });

  const webhookSecret = secrets?.webhookSecret ?? randomSecret();
  const isRegistered = await register({ name, token, webhookSecret, ip, info }, target, body, deps);
  steps.push({
    step: 'registry',
    outcome: isRegistered ? 'done' : 'unchanged',
    text: `${target.botId} is registered, and its updates are forwarded to its own webhook.`,
  });

  if (isChecked) await assertIngestAnswers(target.ingestUrl, webhookSecret);
  // A forwarder that does not know the bot yet would pass over its first updates.
  if (isRegistered) await delay(deps.spreadMs ?? CHANGE_SPREADS_MS);
  steps.push({
    step: 'ingest',
    outcome: isChecked ? 'done' : 'skipped',
    text: isChecked
      ? `${target.ingestUrl} leads to ingest, which knows the bot and its secret.`
      : 'INGEST_URL was not tried.',
  });

  await point(api, target, webhookSecret, info);
  steps.push({
    step: 'webhook',
    outcome: target.isPointed ? 'unchanged' : 'done',
    text: `Telegram delivers to ${target.ingestUrl}.`,
  });

  const isSent = takesTests && (await sendThrough(target.ingestUrl, webhookSecret, warnings));
  steps.push({
    step: 'test_update',
    outcome: isSent ? 'done' : 'skipped',
    text: isSent
      ? `Ingest has accepted an empty update (update_id ${TEST_UPDATE_ID}) for the bot.`
      : 'No update was sent through. The first one that a user causes shows whether it works.',
  });
  return adoption(steps, isSent ? TEST_UPDATE_ID : null);
}

function targetOf(body: AdoptBody, user: BotUser, info: WebhookInfo, deps: AdoptionDeps): Target {
  const { registry, secretBox, ingestUrl, telegramApiUrl } = deps;
  const plan = planAdoption({
    ingestUrl,
    isLocalBotApi: URL.parse(telegramApiUrl)?.hostname !== TELEGRAM_HOST,
    user,
    webhookUrl: info.url,
    hasCustomCertificate: info.has_custom_certificate,
    wantedId: body.bot_id,
    bot: (botId) => registry.get(botId),
    telegramIdOf: (bot) => openBotSecrets(bot, secretBox).botToken?.split(':')[0] ?? null,
  });
  if (plan.kind === 'refused') throw conflict(plan.sentence);
  return plan;
}

/** @throws HttpError 409: Telegram may deliver to URLs that Hookpulse cannot store or call */
function assertForwardable({ bot, forwardUrl }: Target): void {
  if (forwardUrl === null) return;
  const problem = forwardProblem({ forward: { url: forwardUrl } }, bot?.forward);
  if (problem === null) return;
  throw conflict(
    `The bot's own webhook cannot be forwarded to: ${problem.message}. Nothing was changed.`,
  );
}

/** What an operator should know, and the address that has to be given back with the webhook. */
async function remarksOn(
  forwardUrl: string,
  { bot, forwardUrl: newUrl }: Target,
  info: WebhookInfo,
): Promise<{ warnings: string[]; ip: string | undefined }> {
  const warnings: string[] = [];
  const kept = bot?.adoption?.ip_address;
  const host = URL.parse(forwardUrl)?.hostname ?? '';
  const { ip_address: used } = info;
  // Else it is not the bot's own webhook that Telegram has.
  if (newUrl === null || used === undefined || host === used) return { warnings, ip: kept };
  const found = await resolve4(host).catch((): readonly string[] => []);
  if (found.length === 0 || found.includes(used)) return { warnings, ip: kept };
  warnings.push(
    `Telegram delivers to ${used}, but ${host} is ${found.join(', ')} here. Updates are forwarded to the latter; a release gives Telegram the former back.`,
  );
  return { warnings, ip: used };
}

/**
 * Connections of the bot's own webhook, for its forwarding. Undefined: those of its record stay, as an
 * operator may have set them since.
 */
function newConnections(
  { bot, forwardUrl }: Pick<Target, 'bot' | 'forwardUrl'>,
  knownUrl: string | null,
  { max_connections: connections }: WebhookInfo,
): number | undefined {
  if (forwardUrl === null || connections === undefined) return undefined;
  const isSameUrl = URL.parse(forwardUrl)?.href === knownUrl;
  const isSet = bot?.adoption !== undefined || bot?.forward?.max_connections !== undefined;
  // A local Bot API server opens more.
  return isSameUrl && isSet ? undefined : Math.min(connections, MAX_CONNECTIONS_LIMIT);
}

function plannedSteps(
  target: Target,
  hasForwardSecret: boolean,
  connections: number | undefined,
): AdoptionStep[] {
  const secret = hasForwardSecret ? 'with' : 'without';
  const atOnce = connections === undefined ? '' : `, at most ${connections} at once`;
  const planned = (step: AdoptionStep['step'], text: string): AdoptionStep => ({
    step,
    outcome: 'planned',
    text,
  });
  return [
    planned('bot', `The bot's own webhook gets an empty update, ${secret} a secret.`),
    planned(
      'registry',
      target.bot
        ? `${target.botId} is registered already; where its updates are forwarded is stored${atOnce}.`
        : `${target.botId} is registered, with its own webhook as where updates are forwarded${atOnce}.`,
    ),
    planned('ingest', `${target.ingestUrl} is tried.`),
    planned(
      'webhook',
      target.isPointed
        ? 'Telegram delivers to ingest already; its secret is set again.'
        : `Telegram delivers to ${target.ingestUrl}. Connections, kinds of updates and pending updates stay as they are.`,
    ),
    planned('test_update', 'If the bot accepted the empty update, another is sent through ingest.'),
  ];
}

/** @returns whether it accepts an update without content  @throws HttpError 409 */
function assertBotAnswers(trial: Trial, hasSecret: boolean, warnings: string[]): boolean {
  if (trial.kind === 'unreachable') {
    throw conflict(
      `Hookpulse cannot reach the bot's own webhook: ${trial.reason}. It must be reachable from here, because updates are forwarded to it. Nothing was changed.`,
    );
  }
  const { status, isHookpulse } = trial;
  if (status >= 200 && status < 300) return true;
  if (isHookpulse && (status === 401 || status === 404)) {
    throw conflict(
      'Another Hookpulse has this bot: its webhook answers as Hookpulse does. Release it there first (npx hookpulse release). Nothing was changed.',
    );
  }
  if (status === 401 || status === 403) {
    throw conflict(
      hasSecret
        ? `The bot refuses this secret (${status}). Pass the secret_token that the bot expects (FORWARD_SECRET). Nothing was changed.`
        : `The bot refuses an update without its secret (${status}). Pass the secret_token that it expects (FORWARD_SECRET): Telegram does not tell it. Nothing was changed.`,
    );
  }
  warnings.push(
    `The bot answered ${status} to an update without content, so none is sent through. Check that it works.`,
  );
  return false;
}

interface Registration {
  readonly name: string;
  readonly token: string;
  readonly webhookSecret: string;
  readonly ip: string | undefined;
  readonly info: WebhookInfo;
}

/** @returns whether anything had to be stored */
function register(
  { name, token, webhookSecret, ip, info }: Registration,
  { botId, forwardUrl, ingestUrl }: Target,
  body: AdoptBody,
  { registry, secretBox, clock, changing }: AdoptionDeps,
): Promise<boolean> {
  return changing(async () => {
    const nowMs = clock.now();
    const current = registry.get(botId);
    const seal = secretBox.seal.bind(secretBox);
    const source = { randomUuid: randomUUID, randomSecret, sha256Hex, seal };
    const known =
      current ??
      createBot({ name, bot_id: botId, webhook_secret: webhookSecret }, source, nowMs).bot;
    const opened = openBotSecrets(known, secretBox);
    const { forward_secret: forwardSecret } = body;
    const connections = newConnections({ bot: current, forwardUrl }, opened.forwardUrl, info);
    const changed = changeBot(
      known,
      {
        enabled: true,
        ...(opened.botToken === token ? {} : { bot_token: token }),
        ...forwardPatch(forwardUrl, forwardSecret, connections, opened),
      },
      seal,
      nowMs,
    );
    const isSame = opened.webhookSecret === webhookSecret && changed.adoption?.ip_address === ip;
    const adopted: Bot = {
      ...withSecret(changed, webhookSecret, nowMs),
      adoption: {
        ...(isSame && changed.adoption
          ? withoutHold(changed.adoption)
          : adoptionRecord(webhookSecret, ip, botId, seal, nowMs)),
        ...ingestUrls(current?.adoption, ingestUrl),
      },
    };
    if (current && JSON.stringify(adopted) === JSON.stringify(current)) return false;
    await registry.put(adopted);
    return true;
  });
}

function forwardPatch(
  url: string | null,
  secret: string | undefined,
  connections: number | undefined,
  opened: { readonly forwardUrl: string | null; readonly forwardSecret: string | null },
) {
  const isSameUrl = url === null || URL.parse(url)?.href === opened.forwardUrl;
  const isSameSecret = secret === undefined || secret === opened.forwardSecret;
  if (isSameUrl && isSameSecret && connections === undefined) return {};
  return {
    forward: {
      ...(isSameUrl ? {} : { url }),
      ...(isSameSecret ? {} : { secret }),
      ...(connections === undefined ? {} : { max_connections: connections }),
    },
  };
}

/** The secret of before is accepted for a day: Telegram may send it until `setWebhook` was called. */
function withSecret(bot: Bot, secret: string, nowMs: number): Bot {
  if (matchesSha256(secret, bot.webhook_secret_sha256)) return bot;
  return {
    ...bot,
    webhook_secret_sha256: sha256Hex(secret),
    previous_webhook_secret: {
      sha256: bot.webhook_secret_sha256,
      valid_until: iso(nowMs + DAY_MS),
    },
    updated_at: iso(nowMs),
  };
}

/** Noted before Telegram is told: the adoption may be cut off in between. */
function ingestUrls(before: AdoptionRecord | undefined, url: string) {
  // What an earlier version has told Telegram is not known.
  if (before && !before.ingest_urls) return {};
  return { ingest_urls: [...new Set([...(before?.ingest_urls ?? []), url])] };
}

/** Of a release that was not brought to an end. */
function withoutHold({ hold: _hold, ...kept }: AdoptionRecord): AdoptionRecord {
  return kept;
}

function adoptionRecord(
  webhookSecret: string,
  ip: string | undefined,
  botId: string,
  seal: SecretBox['seal'],
  nowMs: number,
): AdoptionRecord {
  return {
    adopted_at: iso(nowMs),
    webhook_secret: seal(webhookSecret, botId, ADOPTION_SECRET_FIELD),
    ...(ip === undefined ? {} : { ip_address: ip }),
  };
}

/** Waits until every ingest may know the bot. @throws HttpError 409 */
async function assertIngestAnswers(url: string, secret: string): Promise<void> {
  const deadline = performance.now() + INGEST_PATIENCE_MS;
  for (;;) {
    const trial = await knock({ url, secret });
    if (trial.kind === 'answered' && trial.status === KNOWN_AND_RIGHT && trial.isHookpulse) return;
    const isEarly = trial.kind === 'answered' && trial.isHookpulse;
    if (!isEarly || performance.now() > deadline) throw conflict(ingestSentence(url, trial));
    await delay(KNOCK_INTERVAL_MS);
  }
}

function ingestSentence(url: string, trial: Trial): string {
  const advice =
    'Check INGEST_URL and the proxy in front of ingest. Telegram still delivers to the bot itself. If only this server cannot reach its own public address, adopt without the check (--no-check).';
  if (trial.kind === 'unreachable') return `${url} cannot be reached: ${trial.reason}. ${advice}`;
  return trial.isHookpulse
    ? `${url} does not know the bot with its new secret (${trial.status}): is it the ingest of another Hookpulse? ${advice}`
    : `${url} does not answer as ingest does (${trial.status}). ${advice}`;
}

/** `allowed_updates` stays as it was when it is left out, and pending updates do. */
async function point(
  api: BotApi,
  { bot, ingestUrl, isPointed }: Target,
  secret: string,
  info: WebhookInfo,
): Promise<void> {
  // Telegram tells none where the webhook was deleted.
  const max_connections = info.max_connections ?? bot?.forward?.max_connections;
  await resultOf(() =>
    api.setWebhook({
      url: ingestUrl,
      secret_token: secret,
      ...(max_connections === undefined ? {} : { max_connections }),
    }),
  );
  if (isPointed) return;
  const after = await resultOf(() => api.getWebhookInfo());
  if (after.url === ingestUrl) return;
  throw unavailable(
    'The webhook was changed by another program at the same moment: does the bot call setWebhook when it starts? Switch that off, and try again.',
  );
}

async function sendThrough(url: string, secret: string, warnings: string[]): Promise<boolean> {
  const trial = await sendTestUpdate({ url, secret }, null);
  if (trial.kind === 'answered' && trial.status === 200) return true;
  const what = trial.kind === 'answered' ? `answered ${trial.status}` : trial.reason;
  warnings.push(`The test update was not accepted by ingest (${what}).`);
  return false;
}
