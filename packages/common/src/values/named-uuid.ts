/** UUIDs that follow from a name (RFC 9562, section 5.5): the same name in the same namespace has the same one. */
import { hash } from 'node:crypto';

/**
 * Of version 5. The forwarder needs one for each hand-over, and the package `uuid`, which does not hash in
 * one call, takes three times as long.
 * @param namespace - 16 bytes
 */
export function namedUuid(namespace: Uint8Array, name: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(namespace.length + name.length);
  bytes.set(namespace);
  bytes.set(name, namespace.length);
  const digest = hash('sha1', bytes);
  // The two bits of the variant: 10.
  const variant = ((Number.parseInt(digest.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  const groups = [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `5${digest.slice(13, 16)}`,
    `${variant}${digest.slice(18, 20)}`,
    digest.slice(20, 32),
  ];
  return groups.join('-');
}

/** @param uuid - as it is written */
export function uuidBytes(uuid: string): Uint8Array {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}
