/** Says in words for operators why a mail was not taken: the server's own line where there is one. */
import { certificateProblem } from '@hookpulse/common/values/certificate-errors';
import type { SmtpFailure } from './smtp-failure.ts';

/** The server of `SMTP_URL`, as it may be spoken of. */
export interface NamedServer {
  /** `host:port` */
  readonly address: string;
  /** What must not be told, should the server repeat it. */
  readonly secrets: readonly string[];
}

const MAX_REPLY_CHARACTERS = 300;
const TLS_HINT =
  'SMTP_URL has a user or password, which need TLS; add "?requireTLS=false" to send them in plain text';

export function describeSmtpFailure(failure: SmtpFailure, server: NamedServer): string {
  const { command, reply } = failure;
  if (reply !== null) {
    const to = command === null || command === 'CONN' ? '' : ` to ${command}`;
    const hint = command === 'STARTTLS' ? `: ${TLS_HINT}` : '';
    return `${server.address} answered "${shownReply(reply, server)}"${to}${hint}`;
  }
  return unanswered(failure, server.address);
}

/** One line, without secrets, not too long. */
export function shownReply(reply: string, { secrets }: NamedServer): string {
  const line = reply
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
  const safe = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  return safe.length <= MAX_REPLY_CHARACTERS ? safe : `${safe.slice(0, MAX_REPLY_CHARACTERS)}…`;
}

function unanswered({ code, systemCode, timeoutType }: SmtpFailure, address: string): string {
  const certificate = certificateProblem({ code: systemCode });
  if (certificate !== null) {
    return certificate.whose === 'server'
      ? `the certificate of ${address} is not trusted (${certificate.code})`
      : `${address} does not accept our certificate (${certificate.code})`;
  }
  const why = systemCode === null ? '' : ` (${systemCode})`;
  switch (code) {
    case 'ETIMEDOUT':
      return `${address} did not answer in time${timeoutType === null ? '' : ` (${timeoutType})`}`;
    case 'EDNS':
      return `the host of ${address} was not found${why}`;
    case 'ETLS':
      return `TLS with ${address} failed${why}`;
    case 'ECONNECTION':
      return `${address} closed the connection without an answer${why}`;
    case 'ESOCKET':
      return `no connection to ${address}${why}`;
    case 'EAUTH':
      return `the login at ${address} failed: is there a user and a password in SMTP_URL?`;
    case 'EABORT':
      return `${address} did not finish in time`;
    default:
      return `the mail could not be handed to ${address} (${code ?? 'unexpected error'}${why})`;
  }
}
