/** Certificates for tests: an authority of one's own and what it signs. Valid for a year. */
import { generate } from 'selfsigned';

/** PEM texts. */
export interface TestCertificate {
  readonly cert: string;
  /** PKCS #8, not encrypted. */
  readonly key: string;
}

export interface TestAuthority {
  /** The authority's own certificate, which those who trust it are given. */
  readonly cert: string;
  /** A certificate for a server at that DNS name and at 127.0.0.1, or for a client of that name. */
  issue(name: string, addresses?: readonly string[]): Promise<TestCertificate>;
}

const ALGORITHM = { keyType: 'ec', algorithm: 'sha256' } as const;
const LOOPBACK = ['127.0.0.1'];

export async function createTestAuthority(): Promise<TestAuthority> {
  const authority = await generate([{ name: 'commonName', value: 'Test authority' }], {
    ...ALGORITHM,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    cert: authority.cert,
    async issue(name, addresses = LOOPBACK) {
      const issued = await generate([{ name: 'commonName', value: name }], {
        ...ALGORITHM,
        ca: { key: authority.private, cert: authority.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          {
            name: 'subjectAltName',
            altNames: [
              { type: 2, value: name },
              ...addresses.map((ip) => ({ type: 7, ip }) as const),
            ],
          },
        ],
      });
      return { cert: issued.cert, key: issued.private };
    },
  };
}
