/**
 * What a message of an error says without what differs from one occurrence to the next: numbers, ids,
 * quoted text, addresses, paths and times become placeholders (docs/decisions/0046).
 */

/** Longer messages differ in what they quote at their ends. It also bounds the work. */
const MAX_READ_CHARACTERS = 500;
const MAX_PATTERN_CHARACTERS = 300;
/** How deep objects within each other are taken out. */
const MAX_NESTING = 4;

interface Step {
  /** It cannot match without: most steps are skipped by it. */
  readonly needs: RegExp;
  readonly pattern: RegExp;
  readonly to: string | ((found: string, ...groups: string[]) => string);
}

const DIGIT = /\d/;
const COLON = /:/;
const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*';
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?(?:Z|UTC|GMT)?[+-]\d\d:?\d\d|\s?(?:Z|UTC|GMT)\b)?`;
/** What addresses end with: other words with dots are `module.function`. */
const DOMAINS = new Set(
  'com org net io dev app me ru de eu co cloud local internal localdomain svc lan test example'.split(
    ' ',
  ),
);

/** What holds others comes first. */
const STEPS: readonly Step[] = [
  step(
    /:\/\//,
    /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s'"`<>“”«»|]*[^\s'"`<>“”«»|.,;:!?)\]}]/gi,
    '<url>',
  ),
  step(COLON, /\b(?:bot)?\d{5,14}:[\w-]{30,}/g, '<token>'),
  step(/bearer|basic/i, /\b(Bearer|Basic)\s+[\w.~+/-]{6,}=*/gi, '$1 <token>'),
  step(/eyJ/, /\beyJ[\w-]{8,}\.[\w-]+\.?[\w-]*/g, '<token>'),
  step(/@/, /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<email>'),
  step(DIGIT, /\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b/gi, '<id>'),
  // An apostrophe within a word opens and closes nothing: don't, user's.
  step(/"/, /(?<![\p{L}\p{N}])[bruf]{0,2}"(?:[^"\\\n]|\\.)*"/giu, '<text>'),
  step(
    /'/,
    /(?<![\p{L}\p{N}])[bruf]{0,2}'(?:[^'\\\n]|\\.|'(?=\p{L}))*'(?![\p{L}\p{N}])/giu,
    '<text>',
  ),
  step(/[`“«‘„]/, /`[^`\n]*`|“[^”\n]*”|«[^»\n]*»|‘[^’\n]*’|„[^“”\n]*[“”]/gu, '<text>'),
  step(/@/, /(?<![\w@/])@[a-z]\w{2,}(?![\w/])/gi, '<user>'),
  step(
    DIGIT,
    new RegExp(
      String.raw`\b(?:\d{4}-\d\d-\d\d|\d{4}/\d\d/\d\d|\d\d[/.]\d\d[/.]\d{4}|\d\d/${MONTH}/\d{4})(?:[T :]${CLOCK})?`,
      'g',
    ),
    '<time>',
  ),
  step(
    DIGIT,
    new RegExp(
      String.raw`\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:${MONTH} \d{1,2}|\d{1,2} ${MONTH}),? \d{4}(?:,? ${CLOCK})?`,
      'g',
    ),
    '<time>',
  ),
  step(COLON, /\[[0-9a-f]*:[0-9a-f:.]+(?:%\w+)?\](?::\d+)?/gi, '<address>'),
  step(
    COLON,
    /(?<![\w:.])(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})?(?::[0-9a-f]{1,4}){0,6}(?![\w:])|(?<![\w:.])::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])/gi,
    '<address>',
  ),
  step(/\./, /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|\/\d{1,2})?\b/g, '<address>'),
  step(/\./, /(?<![\w.-])[\w-]+(?:\.[\w-]+)+(?::\d{1,5}\b)?(?!\()/g, hostOrName),
  step(COLON, /\b(?:localhost|[a-z0-9_-]+):\d{2,5}\b(?!:)/gi, '<address>'),
  step(COLON, new RegExp(String.raw`(?<![\w<])${CLOCK}(?!\w)`, 'g'), '<time>'),
  step(/\\/, /(?<![\w<])(?:[a-z]:\\|\\\\)[^\s'"`<>|,;()]+/gi, '<path>'),
  step(/\//, /(?<![\w<>)\]])(?:~|\.{1,2})?\/[^\s'"`<>|,;()[\]:]+/g, '<path>'),
  step(/0x/i, /\b0x[0-9a-f]+\b/gi, '<id>'),
  // Hashes, ids of files and of other services: long words in which letters and digits mix.
  step(DIGIT, /(?<![\w-])[\w-]{8,}/g, (word) => (isId(word) ? '<id>' : word)),
  // A code names what happened; a number of the same kind elsewhere is one of many.
  step(
    /status|http|errno|code|sqlstate/i,
    /\b(status(?:[ _-]?code)?|http(?:\/\d(?:\.\d)?)?|errno|error[ _-]?code|sqlstate)(["']?[ :=[(]{0,3})(\d{3,5}|[0-9A-Z]{5})\b/gi,
    '$1$2<code-$3>',
  ),
];

const NUMBER = /(?<![\w.])[-+−]?\d+(?:[.,_\u00a0\u202f]\d+)*(?:e[+-]?\d+)?|\d+/gi;
const CODE = /<code-(\w+)>/g;
const PLACEHOLDER = '<(?:number|text|id|url|path|address|time|email|user|token|object)>';
const SAME_AGAIN = new RegExp(
  String.raw`(${PLACEHOLDER})(?:\s?(?:,|;|\||&|\band\b|\bor\b)?\s?\1)+`,
  'g',
);
const BRACED = /\{[^{}]*\}/g;
const LISTED = new RegExp(
  String.raw`[[(](?:(?:None|null|true|false|nil|undefined|${PLACEHOLDER})[,:]? ?)+[\])]|\[\]`,
  'gi',
);
/** Only quoted text: it is all that there is to tell errors by, such as the key of a `KeyError`. */
const ONLY_QUOTED = /^[\s(]*[bruf]{0,2}(["'`])([^"'`]{1,80})\1[\s).]*$/i;

/**
 * The message with placeholders, on one line, such as `cannot read amount: <text>`; empty: it says
 * nothing. Messages of one fault have one pattern.
 */
export function errorPattern(message: string | null): string {
  const line = tellingLine((message ?? '').slice(0, MAX_READ_CHARACTERS));
  let text = ONLY_QUOTED.exec(line)?.[2] ?? line;
  for (const { needs, pattern, to } of STEPS) {
    if (needs.test(text))
      text = typeof to === 'string' ? text.replace(pattern, to) : text.replace(pattern, to);
  }
  if (DIGIT.test(text)) text = withoutNumbers(text);
  for (let depth = 0; depth < MAX_NESTING && text.includes('{'); depth += 1) {
    text = text.replace(BRACED, '<object>');
  }
  return (
    text
      .replace(/\s+/g, ' ')
      .replace(SAME_AGAIN, '$1')
      .replace(LISTED, '<object>')
      .replace(SAME_AGAIN, '$1')
      .replace(/^[\s.:;,!-]+|[\s.:;,!…-]+$/g, '')
      .slice(0, MAX_PATTERN_CHARACTERS)
      // Both cuts may fall into an emoji, and strict readers refuse JSON with half of one.
      .toWellFormed()
  );
}

/** Of a Python traceback the last line says what happened; of all else the first one. */
function tellingLine(text: string): string {
  const lines = text
    .split(/[\r\n\u2028\u2029]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const line = /^Traceback \(/.test(lines[0] ?? '') ? lines.at(-1) : lines[0];
  return line ?? '';
}

/** Codes hold digits and stay: they are put back after all other digits are gone. */
function withoutNumbers(text: string): string {
  const codes: string[] = [];
  return text
    .replace(CODE, (_, code: string) => `<code#${'i'.repeat(codes.push(code))}>`)
    .replace(NUMBER, '<number>')
    .replace(/<code#(i+)>/g, (_, at: string) => codes[at.length - 1] ?? '');
}

function hostOrName(found: string): string {
  const [name = '', port] = found.split(':');
  const last = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return port !== undefined || DOMAINS.has(last) ? '<address>' : found;
}

function isId(word: string): boolean {
  if (/^[0-9a-f]{8,}$/i.test(word)) return /\d/.test(word) && /[a-f]/i.test(word);
  if (word.length < 10) return false;
  return (word.match(/\d(?=[a-z])|[a-z](?=\d)/gi)?.length ?? 0) >= 2;
}

function step(needs: RegExp, pattern: RegExp, to: Step['to']): Step {
  return { needs, pattern, to };
}
