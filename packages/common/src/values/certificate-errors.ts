/** When a TLS connection fails by a certificate: the server's, or the one that we show or do not show. */
import { errorCode } from './error-code.ts';

/**
 * Node's codes for certificates that fail their checks
 * (https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes).
 */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Node's codes for the alerts by which a server refuses a client's certificate, or misses it. */
const CLIENT_CERTIFICATE_ALERT = /^ERR_SSL_.*ALERT.*(CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED)/;

export interface CertificateProblem {
  readonly whose: 'server' | 'client';
  /** Node's code, such as `CERT_HAS_EXPIRED`. */
  readonly code: string;
}

/** Null when the error is another one. */
export function certificateProblem(error: unknown): CertificateProblem | null {
  const code = errorCode(error);
  if (code === undefined) return null;
  if (CERTIFICATE_CODES.has(code)) return { whose: 'server', code };
  return CLIENT_CERTIFICATE_ALERT.test(code) ? { whose: 'client', code } : null;
}
