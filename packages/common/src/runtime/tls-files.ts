/** PEM files for TLS connections to engines, where what Node trusts by itself is not enough. */
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Paths; null: none. */
export interface TlsFiles {
  /** Certificates of the authorities to trust, instead of those that Node trusts. */
  readonly ca: string | null;
  /** The certificate to show, with those that lead to its authority. */
  readonly cert: string | null;
  /** The private key of `cert`, not encrypted. */
  readonly key: string | null;
}

/** What the files hold. */
export interface TlsPems {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/** @throws Error when one of them cannot be read, or certificate and key do not belong together */
export function readTlsFiles({ ca, cert, key }: TlsFiles): TlsPems {
  const pems = {
    ...(ca === null ? {} : { ca: readFileSync(ca) }),
    ...(cert === null ? {} : { cert: readFileSync(cert) }),
    ...(key === null ? {} : { key: readFileSync(key) }),
  };
  createSecureContext(pems);
  return pems;
}
