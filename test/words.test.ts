/** Phrases that confused readers, and what to write instead. They must not come back. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const ROOT = new URL('..', import.meta.url);

const PROSE = ['README.md', 'CONTRIBUTING.md'];
const SOURCE_FOLDERS = ['packages', 'services', 'scripts'];
const GENERATED = /(^|\/)(node_modules|dist[^/]*)\//;

/** A space in a phrase also matches a line break, of a comment too. */
const FORBIDDEN: readonly { readonly phrase: string; readonly reason: string }[] = [
  { phrase: 'is answered for', reason: 'say "is served by"' },
  { phrase: 'held to it', reason: 'say what the rule does' },
  { phrase: 'held against', reason: 'say "compared with"' },
  { phrase: 'behind his back', reason: 'programs are "it"' },
  { phrase: 'he', reason: 'programs, clients, owners and bots are "it"' },
  { phrase: 'him', reason: 'programs, clients, owners and bots are "it"' },
  { phrase: 'his', reason: 'programs, clients, owners and bots are "it"' },
  { phrase: 'it is dear', reason: 'say "expensive"' },
  { phrase: 'is dear to', reason: 'say "expensive"' },
  { phrase: 'called so', reason: 'say "with this name"' },
  { phrase: 'mistake of ours', reason: 'say "internal error"' },
  { phrase: 'went wrong on our side', reason: 'say "internal error", and where its details are' },
  { phrase: 'no more, until', reason: 'say "stop … until"' },
  { phrase: 'nobody takes', reason: 'say which name or route is unknown' },
  { phrase: 'takes no body', reason: 'say "does not accept a body"' },
  { phrase: 'not one that this route takes', reason: 'name what is wrong and what to send' },
  { phrase: 'cannot take this right now', reason: 'say "is unavailable"' },
  { phrase: 'There is nothing at this path', reason: 'say "No route matches this path"' },
  { phrase: 'changed meanwhile', reason: 'say "has changed since you read it"' },
  { phrase: 'refuses us', reason: 'say "refuses access"' },
  { phrase: 'as many as come', reason: 'say "no limit"' },
  { phrase: 'Nothing fires', reason: 'say "No alerts are firing"' },
  { phrase: 'Who delivered', reason: 'name the program instead of "who"' },
  { phrase: 'to who has', reason: 'name the user instead of "who"' },
  { phrase: 'stands in the address', reason: 'say "is kept in the URL"' },
  { phrase: 'stands in its', reason: 'say "is in"' },
];

const PATTERNS = FORBIDDEN.map(({ phrase, reason }) => ({
  reason,
  pattern: new RegExp(`(?<!\\w)${phrase.replaceAll(' ', '[\\s*/#>]+')}(?!\\w)`, 'gi'),
}));

interface Found {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

function forbiddenIn(text: string): readonly Found[] {
  return PATTERNS.flatMap(({ pattern, reason }) =>
    Array.from(text.matchAll(pattern), (match) => ({
      line: text.slice(0, match.index).split('\n').length,
      text: match[0].replaceAll(/\s+/g, ' '),
      reason,
    })),
  );
}

function proseAndSources(): readonly string[] {
  const sources = SOURCE_FOLDERS.flatMap((folder) => filesIn(folder, /\.(tsx?|mjs)$/));
  return [...PROSE, ...filesIn('docs/guides', /\.md$/), ...sources];
}

/** None where there is no such folder. */
function filesIn(folder: string, name: RegExp): readonly string[] {
  if (!existsSync(new URL(folder, ROOT))) return [];
  return readdirSync(new URL(folder, ROOT), { encoding: 'utf8', recursive: true })
    .filter((path) => name.test(path) && !GENERATED.test(path))
    .map((path) => `${folder}/${path}`);
}

test('finds a forbidden phrase with its line, also over a line break and within a comment', () => {
  const text = '/**\n * Nothing here.\n * The health is answered\n * for by it, and He waits.\n */';
  expect(forbiddenIn(text).map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
    '3: say "is served by"',
    '4: programs, clients, owners and bots are "it"',
  ]);
  expect(forbiddenIn('The held tokens; the history of this; hers; aches')).toEqual([]);
});

test('no source and no guide has a phrase that confused readers', () => {
  const files = proseAndSources();
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((path) =>
    forbiddenIn(readFileSync(new URL(path, ROOT), 'utf8')).map(
      ({ line, text, reason }) => `${path}:${line} "${text}": ${reason}`,
    ),
  );
  expect(found).toEqual([]);
});
