import { describe, expect, test } from '@jest/globals';
import { findJsonProblem, MAX_NESTING_DEPTH } from './json-hygiene.ts';

function problemOf(text: string): string | null {
  return findJsonProblem(text, JSON.parse(text));
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('findJsonProblem', () => {
  test.each([
    '{}',
    'null',
    '"text"',
    '{"a":[1,2.5,-1e99,true,null,"\\u00e9 \\ud83d\\ude00 \\n\\t"]}',
    '{"constructor":1}',
    '{"constructor":{"name":"x"}}',
    '{"prototype":{}}',
    '{"a":1,"a":2}',
    nested(MAX_NESTING_DEPTH),
  ])('lets %s pass', (text) => {
    expect(problemOf(text)).toBe(null);
  });

  test.each([
    ['{"__proto__":1}', 'has a key __proto__'],
    ['[{"a":{"__proto__":{}}}]', 'has a key __proto__'],
    ['{"\\u005f\\u005fproto__":1}', 'has a key __proto__'],
    ['{"constructor":{"prototype":1}}', 'has a key constructor.prototype'],
    ['{"a":"\\ud800"}', 'has a surrogate without its partner'],
    ['["\\udc00\\ud800"]', 'has a surrogate without its partner'],
    ['{"\\ud800":1}', 'has a surrogate without its partner'],
    ['"\\udfff"', 'has a surrogate without its partner'],
    ['[["a\\u0000b"]]', 'has a NUL character'],
    ['{"a\\u0000":1}', 'has a NUL character'],
    [nested(MAX_NESTING_DEPTH + 1), 'nests deeper than 100 levels'],
  ])('refuses %s', (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  test('stands nesting that would overflow a recursive walk', () => {
    expect(problemOf(nested(500_000))).toBe('nests deeper than 100 levels');
  });
});
