/**
 * The mail that tells of alerts: of one by its own words, of several (a shared outage) by a list that
 * names every bot.
 */
import { html } from './html.ts';
import type {
  ComposedMail,
  MailContent,
  MailGroup,
  MailOptions,
  MailRow,
  MailTable,
} from './mail-content.ts';
import { singleAlert } from './single-alert.ts';
import { storm } from './storm.ts';

/** As long as a bot's id may be. */
const MAX_TOKEN_CHARACTERS = 64;

export function composeMail(group: MailGroup, options: MailOptions): ComposedMail {
  const [first, ...others] = group.items;
  const content =
    first !== undefined && others.length === 0
      ? singleAlert(group.transition, first, options)
      : storm(group, options);
  return {
    subject: content.subject,
    text: plainText(content),
    html: html(content),
    headers: headers(group),
  };
}

function headers({ transition, items }: MailGroup): Record<string, string> {
  const rules = [...new Set(items.map(({ rule }) => rule))].map(headerToken).sort();
  const [botId, ...otherIds] = new Set(items.map(({ bot_id }) => bot_id));
  return {
    'X-Hookpulse-Transition': transition,
    'X-Hookpulse-Rules': rules.join(', '),
    'X-Hookpulse-Alerts': String(items.length),
    ...(botId !== undefined && otherIds.length === 0
      ? { 'X-Hookpulse-Bot': headerToken(botId) }
      : {}),
  };
}

/** Rules' names and bots' ids are made of these; what stands on the log may be made of anything. */
function headerToken(text: string): string {
  return text.replace(/[^\w.-]/g, '_').slice(0, MAX_TOKEN_CHARACTERS);
}

function plainText(content: MailContent): string {
  const { paragraphs, checks, tables, footer, causes, link, helpUrl } = content;
  const blocks = [
    ...paragraphs,
    ...checksText(checks),
    ...tables.map(tableText),
    footer.map(([name, value]) => `${name}: ${value}`).join('\n'),
    ...causesText(causes),
    link?.url ?? '',
    helpUrl === null ? '' : `What to do: ${helpUrl}`,
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

function causesText(causes: MailContent['causes']): string[] {
  if (causes === null) return [];
  const rows = causes.rows.map((row, index) => `${index + 1}. ${row}`);
  return [causes.lead, ['Largest groups of errors:', ...rows].join('\n')];
}

function checksText(checks: readonly string[]): string[] {
  if (checks.length === 0) return [];
  return [`Check first:\n${checks.map((check, index) => `${index + 1}. ${check}`).join('\n')}`];
}

function tableText({ title, rows, checks }: MailTable): string {
  return [[title, ...rows.map(rowText)].join('\n'), ...checksText(checks)].join('\n\n');
}

/** A link ends with the id. */
function rowText({ botId, botName, facts, url }: MailRow): string {
  return `- ${botName}: ${facts} [${url ?? botId}]`;
}
