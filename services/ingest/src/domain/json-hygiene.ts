/**
 * What a JSON body may not hold although a parser takes it, because something behind us would break
 * on it or read it in another way (docs/decisions/0004-json-hygiene.md; I-JSON, RFC 7493).
 */

/** Telegram's updates nest less than 20 deep; a recursive reader still stands this. */
export const MAX_NESTING_DEPTH = 100;

const NUL = '\u0000';

/** An array or object that `JSON.parse` made. */
type JsonNode = readonly unknown[] | Readonly<Record<string, unknown>>;

/**
 * Says what is wrong with a parsed body, as the end of the sentence "The body …"; null when it is
 * clean. Iterative, since a body of a megabyte can nest half a million deep.
 *
 * @param text - what `value` was parsed from, valid UTF-8
 */
export function findJsonProblem(text: string, value: unknown): string | null {
  if (typeof value === 'string') return findStringProblem(value);
  if (!isNode(value)) return null;
  // Neither a NUL nor a lone surrogate can stand in UTF-8 JSON but by an escape.
  const checkStrings = text.includes('\\u');
  let level: JsonNode[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING_DEPTH) return `nests deeper than ${MAX_NESTING_DEPTH} levels`;
    const nextLevel: JsonNode[] = [];
    for (const node of level) {
      const problem = isArray(node)
        ? visitArray(node, checkStrings, nextLevel)
        : visitObject(node, checkStrings, nextLevel);
      if (problem !== null) return problem;
    }
    level = nextLevel;
  }
  return null;
}

function visitArray(
  items: readonly unknown[],
  checkStrings: boolean,
  nextLevel: JsonNode[],
): string | null {
  for (const item of items) {
    if (isNode(item)) nextLevel.push(item);
    else if (checkStrings && typeof item === 'string') {
      const problem = findStringProblem(item);
      if (problem !== null) return problem;
    }
  }
  return null;
}

function visitObject(
  node: Readonly<Record<string, unknown>>,
  checkStrings: boolean,
  nextLevel: JsonNode[],
): string | null {
  // Parsed objects inherit nothing that is enumerable, and for…in allocates nothing.
  for (const key in node) {
    if (key === '__proto__') return 'has a key __proto__';
    const item = node[key];
    if (isNode(item)) {
      if (key === 'constructor' && Object.hasOwn(item, 'prototype')) {
        return 'has a key constructor.prototype';
      }
      nextLevel.push(item);
    }
    if (checkStrings) {
      const problem =
        findStringProblem(key) ?? (typeof item === 'string' ? findStringProblem(item) : null);
      if (problem !== null) return problem;
    }
  }
  return null;
}

function findStringProblem(text: string): string | null {
  if (!text.isWellFormed()) return 'has a surrogate without its partner';
  if (text.includes(NUL)) return 'has a NUL character';
  return null;
}

function isNode(value: unknown): value is JsonNode {
  return typeof value === 'object' && value !== null;
}

function isArray(node: JsonNode): node is readonly unknown[] {
  return Array.isArray(node);
}
