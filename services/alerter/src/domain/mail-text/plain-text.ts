/** A mail as plain text. */
import type { MailContent, MailRow, MailTable } from './mail-content.ts';

export function plainText({ paragraphs, checks, tables, footer, link }: MailContent): string {
  const blocks = [
    ...paragraphs,
    ...checksText(checks),
    ...tables.map(tableText),
    footer.map(([name, value]) => `${name}: ${value}`).join('\n'),
    link?.url ?? '',
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
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
