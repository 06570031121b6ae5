/** Takes out of a text what must not leave the house: secrets, tokens, addresses, and quoted texts. */
import { hideBotTokens } from '@hookpulse/common/values/hidden-token';

export type Scrub = (text: string) => string;

const HIDDEN = '***';
/** Shorter ones would take common words out of every text. */
const SHORTEST_SECRET = 6;

/** In this order: a whole URL goes before the address in it. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Of a URL where it leads stays: user, path and query can be secrets.
  [/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"']*@)?([^\s/?#"'@]+)[^\s"')]*/gi, '$1$2/***'],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+/gi, '$1 ***'],
  [/\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b/g, HIDDEN],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, HIDDEN],
  [/(?<![\w:])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){5})[0-9a-f:]{3,39}(?![\w:])/gi, HIDDEN],
  // What an error quotes may be what somebody wrote to a bot.
  [/"(?:[^"\\\n]|\\.)*"/g, '"***"'],
  [/(?<!\w)'(?:[^'\\\n]|\\.)*'(?!\w)/g, "'***'"],
  [/`[^`\n]*`/g, '`***`'],
  // As long and as mixed as only tokens and keys are.
  [/\b(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{24,}\b/g, HIDDEN],
];

/** @param secrets - of the configuration, which may stand in a text as they are */
export function createScrub(secrets: readonly string[]): Scrub {
  const known = secrets.filter(({ length }) => length >= SHORTEST_SECRET);
  return (text) => {
    const withoutKnown = known.reduce((left, secret) => left.replaceAll(secret, HIDDEN), text);
    return PATTERNS.reduce(
      (left, [pattern, replacement]) => left.replace(pattern, replacement),
      hideBotTokens(withoutKnown),
    );
  };
}
