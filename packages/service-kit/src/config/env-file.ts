/** A `.env` file as people save it: UTF-8, with or without a byte order mark, lines ended in any way. */

import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { errorCode } from '@hookpulse/common/values/error-code';
import { ConfigError } from './config-error.ts';
import type { Environment } from './read-values.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** What the file sets; nothing where there is none. @throws ConfigError when it cannot be read */
export function readEnvFile(path = '.env'): Environment {
  const bytes = readIfPresent(path);
  if (bytes === null) return {};
  // Text of UTF-16 has a zero byte in every letter, and none of its lines would be one.
  if (!isUtf8(bytes) || bytes.includes(0)) {
    throw new ConfigError([`${path} must be UTF-8 text: save it again with that encoding`]);
  }
  const text = bytes.toString('utf8');
  const unmarked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  return parseEnv(unmarked.replaceAll(/\r\n?/g, '\n'));
}

function readIfPresent(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new ConfigError([`${path} cannot be read: ${String(error)}`]);
  }
}
