/** The key that encrypts bot tokens and forwarding secrets on the log (contract, section 2). */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createSecretBox,
  SECRETS_KEY_PATTERN,
  type SecretBox,
} from '@hookpulse/common/values/sealed-secret';
import type { Config } from '../config/config.ts';
import { PRIVATE_FOLDER_MODE } from './data-dir.ts';
import { ensureSecretFile } from './secret-file.ts';

const FILE_NAME = 'secrets-key';

/** With the keys of the environment; null: none is set, so secrets are neither taken nor read. */
export function secretBoxOf({ secrets }: Pick<Config, 'secrets'>): SecretBox | null {
  return secrets.key === null ? null : createSecretBox(secrets.key, secrets.previousKey);
}

/**
 * With the keys of the environment, or with the key that is kept in the data folder, where the first
 * start makes it. Only for a process that is all of Hookpulse: others could not read what it encrypts.
 * @throws Error when the file holds no key.
 */
export async function ensureSecretBox(
  config: Pick<Config, 'secrets' | 'dataDir'>,
): Promise<SecretBox> {
  const ofEnvironment = secretBoxOf(config);
  if (ofEnvironment) return ofEnvironment;
  const { dataDir, secrets } = config;
  await mkdir(dataDir, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const { secret } = await ensureSecretFile({ dataDir, name: FILE_NAME, what: 'a new key' });
  if (!SECRETS_KEY_PATTERN.test(secret)) {
    throw new Error(
      `${join(dataDir, FILE_NAME)} does not hold 32 bytes as base64url. Put the key back, or delete the file: the next start creates another key, and secrets of bots must be set again`,
    );
  }
  return createSecretBox(secret, secrets.previousKey);
}
