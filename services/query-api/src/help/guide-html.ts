/** A guide of `docs/` as a page: the little Markdown that guides are written in, and nothing else of it. */
import { escapeHtml } from '@hookpulse/common/values/escape-html';

const STYLE =
  'max-width:60rem;margin:2rem auto;padding:0 1rem;font-family:sans-serif;line-height:1.5';

/** @param markdown - of headings, paragraphs, lists and tables */
export function guideHtml(markdown: string): string {
  const blocks = markdown.split(/\n{2,}/).map((block) => block.trim());
  const [title = ''] = /^# .*/.exec(markdown) ?? [];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title.slice(2))} · Hookpulse</title>`,
    '</head>',
    `<body style="${STYLE}">`,
    ...blocks.filter((block) => block !== '').map(blockHtml),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function blockHtml(block: string): string {
  const [, marks, heading] = /^(#{1,3}) (.*)$/.exec(block) ?? [];
  if (marks !== undefined && heading !== undefined) {
    const tag = `h${marks.length}`;
    return `<${tag} id="${slug(heading)}">${inline(heading)}</${tag}>`;
  }
  const lines = block.split('\n');
  if (block.startsWith('|')) return table(lines);
  if (block.startsWith('- ')) {
    const items = block.split(/\n(?=- )/).map((item) => `<li>${inline(item.slice(2))}</li>`);
    return `<ul>${items.join('')}</ul>`;
  }
  return `<p>${inline(block)}</p>`;
}

/** The second line parts the head from the rows. */
function table([head = '', , ...rows]: readonly string[]): string {
  const row = (line: string, tag: string) =>
    `<tr>${cells(line)
      .map((cell) => `<${tag} align="left" valign="top">${inline(cell)}</${tag}>`)
      .join('')}</tr>`;
  const body = rows.map((line) => row(line, 'td')).join('\n');
  return `<table border="1" cellpadding="6" cellspacing="0">\n${row(head, 'th')}\n${body}\n</table>`;
}

function cells(line: string): string[] {
  return line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());
}

/** Code, bold, and links within the page; other guides are in the repository, and only named. */
function inline(text: string): string {
  return escapeHtml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\[([^\]]+)\]\((#[^)]+)\)/g, '<a href="$2">$1</a>')
    .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1');
}

/** As the addresses of headings are made on the pages of repositories. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .replaceAll(/\s+/g, '-');
}
