/** The documents for readers name what exists: paths of the repository in backticks, and links. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '..');
const GUIDES = 'docs/guides';
const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, GUIDES))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${GUIDES}/${name}`),
];

/** Git ignores them; a command makes them. */
const MADE_BY_COMMANDS: ReadonlySet<string> = new Set(['bench/results/']);

const FENCED_LINES = /^```[\s\S]*?^```/gm;
const INLINE_CODE = /`([^`\n]+)`/g;
const REPOSITORY_PATH = /^(?:packages|services|test|scripts|bench|docs|deploy)\/[\w./-]*$/;
const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const ELSEWHERE = /^[a-z][a-z+.-]*:/;
const HEADING = /^#{1,6} (.+)$/gm;

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(join(ROOT, document), 'utf8');

  test('names paths of the repository that exist', () => {
    expect(missingPaths(text)).toEqual([]);
  });

  test('links to files and headings that exist', () => {
    expect(brokenLinks(text, document)).toEqual([]);
  });
});

test('the documents name paths and link to each other', () => {
  const texts = DOCUMENTS.map((document) => readFileSync(join(ROOT, document), 'utf8'));
  expect(texts.flatMap(pathsIn).length).toBeGreaterThan(30);
  expect(texts.flatMap(linksIn).length).toBeGreaterThan(30);
});

test('a path that does not exist is found', () => {
  expect(missingPaths('`test/contributing.test.ts` `bench/results/` `GET /docs/none`')).toEqual([]);
  expect(missingPaths('`services/none.ts`, `node scripts/none.mjs`')).toEqual([
    'services/none.ts',
    'scripts/none.mjs',
  ]);
});

test('a link that leads nowhere is found', () => {
  const good = '[a](#a-b) [`b`](../../README.md#quickstart) [c](https://example.com)\n## A `b`\n';
  expect(brokenLinks(good, `${GUIDES}/new.md`)).toEqual([]);
  const bad = '![a](none.png) [b](../../README.md#none) [c](#none)';
  expect(brokenLinks(bad, `${GUIDES}/new.md`)).toEqual([
    'none.png',
    '../../README.md#none',
    '#none',
  ]);
});

function missingPaths(text: string): string[] {
  return pathsIn(text).filter(
    (path) => !MADE_BY_COMMANDS.has(path) && !existsSync(join(ROOT, path)),
  );
}

/** Words of inline code that are paths; one with a placeholder, such as `<name>`, is none. */
function pathsIn(text: string): string[] {
  return [...text.replaceAll(FENCED_LINES, '').matchAll(INLINE_CODE)]
    .flatMap(([, code = '']) => code.split(/\s+/))
    .filter((word) => REPOSITORY_PATH.test(word));
}

/** @param document - the path of the text, from the root of the repository */
function brokenLinks(text: string, document: string): string[] {
  return linksIn(text).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = join(ROOT, path === '' ? document : join(dirname(document), path));
    if (path !== '' && !existsSync(target)) return true;
    if (anchor === undefined) return false;
    return !anchorsOf(path === '' ? text : readFileSync(target, 'utf8')).has(anchor);
  });
}

/** Links within the repository. */
function linksIn(text: string): string[] {
  return [...text.replaceAll(FENCED_LINES, '').replaceAll(INLINE_CODE, '').matchAll(LINK)]
    .map(([, link = '']) => link)
    .filter((link) => !ELSEWHERE.test(link));
}

function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.replaceAll(FENCED_LINES, '').matchAll(HEADING)];
  return new Set(headings.map(([, heading = '']) => anchorOf(heading)));
}

/** As GitHub makes it: lower case, no punctuation, hyphens for spaces. */
function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, '');
  return words.replaceAll(' ', '-');
}
