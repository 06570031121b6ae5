/** A `.env` file as people save it: UTF-8, with or without a byte order mark, lines ended in any way. */

import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { errorCode } from '@hookpulse/common/values/error-code';
import { ConfigError } from './config-error.ts';
import type { Environment } from './read-values.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/**
 * What the file sets; nothing where there is none.
 * @throws ConfigError when it cannot be read, or a `#` cuts a value
 */
export function readEnvFile(path = '.env'): Environment {
  const bytes = readIfPresent(path);
  if (bytes === null) return {};
  // Text of UTF-16 has a zero byte in every letter, and none of its lines would be one.
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new ConfigError([`${path} must be UTF-8 text: save it again with that encoding`]);
  }
  const text = bytes.toString('utf8');
  const unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  const lines = unmarked.replaceAll(/\r\n?/g, '\n');
  const cut = namesOfCutValues(lines);
  if (cut.length === 0) return parseEnv(lines);
  throw new ConfigError(
    cut.map((name) => `${name} must be in quotes in ${path}: without them, # begins a comment`),
  );
}

/** `parseEnv` begins a comment at any `#` outside of quotes: half a password would go unnoticed. */
function namesOfCutValues(text: string): string[] {
  const read = parseEnv(text);
  // The same text where a `#` that follows no space is another sign: one that it has nowhere else.
  const whole = parseEnv(text.replaceAll(/(?<=\S)#/g, '\0'));
  return Object.entries(read)
    .filter(([name, value]) => (whole[name]?.replaceAll('\0', '#') ?? value) !== value)
    .map(([name]) => name);
}

function readIfPresent(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new ConfigError([`${path} cannot be read: ${String(error)}`]);
  }
}
