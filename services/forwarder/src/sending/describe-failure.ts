/** Why a request failed, as reports name it: told apart by codes, never by texts. */
import { certificateProblem } from '@hookpulse/common/values/certificate-errors';
import { errorCode } from '@hookpulse/common/values/error-code';
import { HOST_REFUSED } from '@hookpulse/service-kit/http/host-guard';

export interface FailureWords {
  /** At most 100 characters. */
  readonly errorType: string;
  readonly message: string;
}

const TYPES: ReadonlyMap<string, FailureWords> = new Map([
  ['ECONNREFUSED', { errorType: 'ConnectionRefused', message: 'the connection was refused' }],
  ['ECONNRESET', { errorType: 'ConnectionClosed', message: 'the connection was closed' }],
  ['EPIPE', { errorType: 'ConnectionClosed', message: 'the connection was closed' }],
  ['UND_ERR_SOCKET', { errorType: 'ConnectionClosed', message: 'the connection was closed' }],
  ['ENOTFOUND', { errorType: 'DnsFailure', message: 'the host name does not exist' }],
  ['EAI_AGAIN', { errorType: 'DnsFailure', message: 'the host name could not be resolved' }],
  ['ENODATA', { errorType: 'DnsFailure', message: 'the host name has no address' }],
  ['EHOSTUNREACH', { errorType: 'Unreachable', message: 'the host cannot be reached' }],
  ['ENETUNREACH', { errorType: 'Unreachable', message: 'the network cannot be reached' }],
  ['ETIMEDOUT', { errorType: 'Timeout', message: 'no connection in time' }],
  ['UND_ERR_CONNECT_TIMEOUT', { errorType: 'Timeout', message: 'no connection in time' }],
]);
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

export function describeFailure(error: unknown, timeoutMs: number): FailureWords {
  if (textOf(error, 'name') === 'TimeoutError') {
    return { errorType: 'Timeout', message: `no answer within ${timeoutMs / 1_000} s` };
  }
  const code = errorCode(error);
  if (code === HOST_REFUSED) {
    return { errorType: 'HostRefused', message: textOf(error, 'message') };
  }
  const certificate = certificateProblem(error);
  if (certificate) {
    return {
      errorType: 'TlsFailure',
      message: `the certificate is not valid: ${certificate.code}`,
    };
  }
  if (code !== undefined && TLS_CODE.test(code)) {
    return { errorType: 'TlsFailure', message: `no secure connection: ${code}` };
  }
  const known = TYPES.get(code ?? '');
  return (
    known ?? { errorType: 'RequestFailed', message: `the request failed: ${code ?? 'unknown'}` }
  );
}

/** Not by `instanceof`, which fails across realms. */
function textOf(error: unknown, field: 'name' | 'message'): string {
  if (typeof error !== 'object' || error === null) return '';
  return String(Reflect.get(error, field));
}
