/**
 * Secrets that must be readable again, such as a bot's token: kept encrypted by AES-256-GCM
 * (NIST SP 800-38D). Secrets that only need comparing are kept as SHA-256 (`secrets.ts`).
 *
 * A sealed text is `v1.<key id>.<base64url of nonce, ciphertext and tag>`. It opens only for the owner
 * and the field for which it was sealed, so it cannot be moved to another record.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

export interface SecretBox {
  /** @param owner - `bot_id`, for one  @param field - the name of what is sealed */
  seal(secret: string, owner: string, field: string): string;
  /** @throws SealedSecretError when the key is another, or the text is not what was sealed for them. */
  open(sealed: string, owner: string, field: string): string;
}

/** A sealed text cannot be opened. The message holds nothing of the secret. */
export class SealedSecretError extends Error {
  override readonly name = 'SealedSecretError';
}

/** 32 bytes in base64url, without padding. */
export const SECRETS_KEY_PATTERN = /^[A-Za-z0-9_-]{43}$/;

const VERSION = 'v1';
const ALGORITHM = 'aes-256-gcm';
/** Random ones of 96 bits are safe for 2^32 secrets of a key (SP 800-38D, section 8.3). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 6;

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * @param present - seals and opens; as `SECRETS_KEY_PATTERN` has it
 * @param previous - opens what was sealed before the key was replaced; null: there is none
 */
export function createSecretBox(present: string, previous: string | null = null): SecretBox {
  const sealing = keyOf(present);
  const opening = previous === null ? [sealing] : [sealing, keyOf(previous)];
  return {
    seal(secret, owner, field) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, sealing.bytes, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(placeOf(owner, field));
      const encrypted = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      const sealed = Buffer.concat([nonce, encrypted, cipher.getAuthTag()]);
      return `${VERSION}.${sealing.id}.${sealed.toString('base64url')}`;
    },
    open(sealed, owner, field) {
      const [version, keyId, text, ...rest] = sealed.split('.');
      if (version !== VERSION || text === undefined || rest.length > 0) {
        throw new SealedSecretError(`the sealed ${field} of ${owner} is of an unknown form`);
      }
      const key = opening.find(({ id }) => id === keyId);
      if (!key) {
        throw new SealedSecretError(
          `the ${field} of ${owner} was sealed by a key that is neither SECRETS_KEY nor SECRETS_KEY_PREVIOUS`,
        );
      }
      return openBytes(Buffer.from(text, 'base64url'), key, owner, field);
    },
  };
}

function openBytes(bytes: Buffer, key: Key, owner: string, field: string): string {
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const tagAt = Math.max(NONCE_BYTES, bytes.length - TAG_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, key.bytes, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(placeOf(owner, field));
    decipher.setAuthTag(bytes.subarray(tagAt));
    const opened = [decipher.update(bytes.subarray(NONCE_BYTES, tagAt)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch (error) {
    throw new SealedSecretError(`the sealed ${field} of ${owner} was changed`, { cause: error });
  }
}

function keyOf(text: string): Key {
  const bytes = Buffer.from(text, 'base64url');
  const digest = createHash('sha256').update('hookpulse secrets key').update(bytes).digest();
  return { bytes, id: digest.subarray(0, KEY_ID_BYTES).toString('base64url') };
}

function placeOf(owner: string, field: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, owner, field]));
}
