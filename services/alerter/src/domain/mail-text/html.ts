/**
 * A mail as HTML that every mail client shows: no images, scripts, style sheets or fixed colours, so
 * that a dark mode chooses its own. Cells carry no styles: Gmail cuts a mail off after 102 kB.
 */
import { escapeHtml } from '@hookpulse/common/values/escape-html';
import type { MailContent, MailLink, MailRow, MailTable } from './mail-content.ts';

const BODY_STYLE =
  'margin:16px;font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5';
const TITLE_STYLE = 'margin:0 0 16px;font-size:20px';
const SECTION_STYLE = 'margin:24px 0 8px;font-size:17px';
const TABLE_STYLE = 'border-collapse:collapse;font-size:14px';

export function html(content: MailContent): string {
  const { subject, paragraphs, checks, tables, footer, causes, link, helpUrl } = content;
  const lines = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="supported-color-schemes" content="light dark">',
    `<title>${escapeHtml(subject)}</title>`,
    '</head>',
    `<body style="${BODY_STYLE}">`,
    `<h1 style="${TITLE_STYLE}">${escapeHtml(subject)}</h1>`,
    ...paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`),
    ...checksHtml(checks),
    ...tables.flatMap(tableHtml),
    ...footerHtml(footer),
    ...causesHtml(causes),
    ...linkHtml(link),
    ...(helpUrl === null ? [] : [`<p><a href="${escapeHtml(helpUrl)}">What to do</a></p>`]),
    '</body>',
    '</html>',
  ];
  return `${lines.join('\n')}\n`;
}

function causesHtml(causes: MailContent['causes']): string[] {
  if (causes === null) return [];
  return [
    `<p><strong>${escapeHtml(causes.lead)}</strong></p>`,
    '<p>Largest groups of errors:</p>',
    '<ol>',
    ...causes.rows.map((row) => `<li>${escapeHtml(row)}</li>`),
    '</ol>',
  ];
}

function checksHtml(checks: readonly string[]): string[] {
  if (checks.length === 0) return [];
  return [
    '<p>Check first:</p>',
    '<ol>',
    ...checks.map((check) => `<li>${escapeHtml(check)}</li>`),
    '</ol>',
  ];
}

function tableHtml({ title, rows, checks }: MailTable): string[] {
  return [
    `<h2 style="${SECTION_STYLE}">${escapeHtml(title)}</h2>`,
    ...checksHtml(checks),
    `<table border="1" cellpadding="6" cellspacing="0" style="${TABLE_STYLE}">`,
    '<tr><th align="left">Bot</th><th align="left">What</th><th align="left">Bot ID</th></tr>',
    ...rows.map(rowHtml),
    '</table>',
  ];
}

/** Cells and rows end by themselves in HTML: 500 bots have to fit into what Gmail shows. */
function rowHtml({ botId, botName, facts, url }: MailRow): string {
  const id = escapeHtml(botId);
  const shownId = url === null ? id : `<a href="${escapeHtml(url)}">${id}</a>`;
  return `<tr><td>${escapeHtml(botName)}<td>${escapeHtml(facts)}<td>${shownId}`;
}

function footerHtml(footer: MailContent['footer']): string[] {
  if (footer.length === 0) return [];
  return [
    `<p>${footer.map(([name, value]) => `${escapeHtml(name)}: ${escapeHtml(value)}`).join('<br>\n')}</p>`,
  ];
}

function linkHtml(link: MailLink | null): string[] {
  if (link === null) return [];
  return [
    `<p><a href="${escapeHtml(link.url)}">Open ${escapeHtml(link.label)} in Hookpulse</a></p>`,
  ];
}
