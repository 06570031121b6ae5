/**
 * Why a request over HTTP got no answer. It is told apart by codes alone: the texts of these errors can
 * hold the address, and in it a bot token.
 */
import { certificateProblem } from './certificate-errors.ts';
import { errorCode } from './error-code.ts';

export type ConnectionFailureKind =
  /** No whole answer within the time that the caller gave. */
  | 'timeout'
  | 'no connection in time'
  | 'connection refused'
  | 'connection closed'
  | 'unknown host'
  | 'unreachable host'
  | 'certificate refused'
  | 'no secure connection'
  | 'other';

export interface ConnectionFailure {
  readonly kind: ConnectionFailureKind;
  /** As Node or undici call it, such as `ECONNREFUSED`; null: the error has none. */
  readonly code: string | null;
}

const KINDS: ReadonlyMap<string, ConnectionFailureKind> = new Map([
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['ETIMEDOUT', 'no connection in time'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection closed'],
  ['EPIPE', 'connection closed'],
  ['UND_ERR_SOCKET', 'connection closed'],
  ['ENOTFOUND', 'unknown host'],
  ['EAI_AGAIN', 'unknown host'],
  ['ENODATA', 'unknown host'],
  ['EHOSTUNREACH', 'unreachable host'],
  ['ENETUNREACH', 'unreachable host'],
]);
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

/** @param error - that `fetch` or undici rejected with */
export function connectionFailure(error: unknown): ConnectionFailure {
  const { name, cause } = partsOf(error);
  // `fetch` only says that it failed; the code is that of the error within.
  const code = errorCode(cause ?? error) ?? null;
  if (name === 'TimeoutError') return { kind: 'timeout', code };
  if (code === null) return { kind: 'other', code };
  if (certificateProblem(cause ?? error)) return { kind: 'certificate refused', code };
  if (TLS_CODE.test(code)) return { kind: 'no secure connection', code };
  return { kind: KINDS.get(code) ?? 'other', code };
}

/** Not by `instanceof`, which fails across realms. */
function partsOf(error: unknown): { readonly name?: unknown; readonly cause?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
