/** What `npm start` says when everything runs: where, who may, and the first three commands. */
import { styleText } from 'node:util';
import { randomSecret } from '@hookpulse/common/values/secrets';
import type { AdminAccess } from '@hookpulse/service-kit/process/admin-access';
import type { DemoBot } from './demo-bot.ts';

export interface WelcomeFacts {
  readonly urls: Readonly<
    Record<'ingest' | 'queryApi' | 'aggregator' | 'alerter' | 'forwarder', string>
  >;
  readonly admin: AdminAccess;
  readonly dataDir: string;
  /** Whether there are bots already, so that nobody needs to be shown how to register the first. */
  readonly hasBots: boolean;
  /** A bot that runs along, to try adopting with; null: none does. */
  readonly demoBot: Pick<DemoBot, 'username' | 'tokenFile'> | null;
}

export function welcome(facts: WelcomeFacts): string {
  const { urls, admin, dataDir } = facts;
  const lines = [
    '',
    bold('Hookpulse is running.'),
    `  dashboard   ${urls.queryApi}    and the query API: /api/docs`,
    `  ingest      ${urls.ingest}    Telegram posts to /webhook/<bot_id>`,
    `  probes      ${urls.aggregator} (aggregator), ${urls.alerter} (alerter), ${urls.forwarder} (forwarder)`,
    `  data        ${dataDir}`,
    ...tokenLines(admin, dataDir),
    '',
    ...firstSteps(facts),
    dim('Ctrl-C stops it; nothing that was acknowledged is lost.'),
    '',
  ];
  return lines.join('\n');
}

function tokenLines(admin: AdminAccess, dataDir: string): string[] {
  switch (admin.kind) {
    case 'file':
      return admin.isNew
        ? [
            `  admin token ${bold(admin.token)}`,
            dim(`              kept in ${dataDir}/admin-token`),
          ]
        : [`  admin token in ${dataDir}/admin-token`];
    case 'environment':
      return ['  admin token from ADMIN_TOKEN'];
    default:
      return admin satisfies never;
  }
}

/**
 * Lines to copy and paste: adopt the bot that runs along; else register a bot, send it an update as
 * Telegram does, and read its health.
 */
function firstSteps({ urls, admin, dataDir, hasBots, demoBot }: WelcomeFacts): string[] {
  if (demoBot) {
    // Where the admin token is, and whom to ask: by the settings of another terminal it may be another Hookpulse.
    const folder = admin.kind === 'file' ? `DATA_DIR=${shellQuoted(dataDir)} ` : '';
    return [
      bold(`A stand-in for Telegram runs, and a bot, ${demoBot.username}. Put it under Hookpulse:`),
      '',
      `${folder}TELEGRAM_BOT_TOKEN=$(cat ${shellQuoted(demoBot.tokenFile)}) npx hookpulse adopt --url ${urls.queryApi}`,
      '',
    ];
  }
  if (hasBots) return [];
  const token =
    admin.kind === 'file' ? `$(cat ${shellQuoted(`${dataDir}/admin-token`)})` : '$ADMIN_TOKEN';
  const bearer = `-H "Authorization: Bearer ${token}"`;
  const json = "-H 'Content-Type: application/json'";
  const secret = randomSecret();
  const bot = JSON.stringify({ name: 'First bot', bot_id: 'first-bot', webhook_secret: secret });
  const update = String.raw`{\"update_id\": $(date +%s), \"message\": {\"message_id\": 1, \"text\": \"/start\"}}`;
  return [
    bold('Register a bot, send it an update as Telegram would, and look at its health:'),
    '',
    `curl -sS ${bearer} ${json} \\`,
    `  -d '${bot}' ${urls.queryApi}/api/bots`,
    '',
    `curl -sS -H 'X-Telegram-Bot-Api-Secret-Token: ${secret}' ${json} \\`,
    `  -d "${update}" ${urls.ingest}/webhook/first-bot`,
    '',
    `sleep 1; curl -sS ${bearer} ${urls.queryApi}/api/health/webhook/first-bot/`,
    '',
  ];
}

/** One word of a POSIX shell, whatever is in it: between quotes only a quote has a meaning. */
function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function bold(text: string): string {
  return styleText('bold', text, { stream: process.stdout });
}

function dim(text: string): string {
  return styleText('dim', text, { stream: process.stdout });
}
