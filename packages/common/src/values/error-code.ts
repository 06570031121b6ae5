/**
 * The `code` of a Node error (`ENOENT`, `ERR_SQLITE_ERROR`), by which errors are told apart, never by
 * their text. Undefined when it has none. Not by `instanceof`, which fails across realms.
 */
export function errorCode(error: unknown): string | undefined {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : undefined;
}
