/** The server of `SMTP_URL`: how connections to it are made, and what may be said of it. */
import { createTransport, type Transporter } from 'nodemailer';
import SMTPTransport from 'nodemailer/lib/smtp-transport';
import type { NamedServer } from './describe-smtp-failure.ts';

/** Milliseconds. */
export interface ConnectionLimits {
  /** From the look-up of the host to the end of STARTTLS. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Without a byte from the server. */
  readonly silenceMs: number;
}

export interface SmtpServer {
  readonly transporter: Transporter<SMTPTransport.SentMessageInfo, SMTPTransport.Options>;
  readonly named: NamedServer;
}

export interface SmtpServerOptions {
  readonly limits: ConnectionLimits;
  /** Log in also where the server does not offer it; default: only where it does. */
  readonly forceAuth?: boolean;
}

/** A server that does not close its side of a connection is not waited for. */
const CLOSE_TIMEOUT_MS = 1_000;
const DEFAULT_PORTS = { smtp: 587, smtps: 465 };

/**
 * Connects to nothing yet.
 * @param url - `smtp://` (STARTTLS where the server offers it, and always with credentials) or
 * `smtps://`; nodemailer's options as its query
 */
export function openSmtpServer(
  url: string,
  { limits, forceAuth = false }: SmtpServerOptions,
): SmtpServer {
  // Made here rather than by createTransport, which would pool where the URL says so.
  const smtp = new SMTPTransport({
    connectionTimeout: limits.connectMs,
    dnsTimeout: limits.connectMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.silenceMs,
    socketCloseTimeout: CLOSE_TIMEOUT_MS,
    forceAuth: forceAuth && hasCredentials(new URL(url)),
    url: withRequiredTls(url),
  });
  return { transporter: createTransport(smtp), named: namedServer(url) };
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

/**
 * Credentials never go over a connection in plain text, unless the URL says `requireTLS=false`: whoever
 * is in between could take STARTTLS out of the server's answer. `ignoreTLS` would go before `requireTLS`.
 */
function withRequiredTls(smtpUrl: string): string {
  const url = new URL(smtpUrl);
  if (!hasCredentials(url) || url.searchParams.get('requireTLS') === 'false') return smtpUrl;
  url.searchParams.delete('ignoreTLS');
  url.searchParams.set('requireTLS', 'true');
  return url.href;
}

function namedServer(smtpUrl: string): NamedServer {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const defaultPort = protocol === 'smtps:' ? DEFAULT_PORTS.smtps : DEFAULT_PORTS.smtp;
  return {
    address: `${hostname}:${port || defaultPort}`,
    secrets: secretsOf(decoded(username), decoded(password)),
  };
}

/** The password, as it is and as it goes over the line (RFC 4616, and the LOGIN mechanism). */
function secretsOf(user: string, password: string): string[] {
  if (password === '') return [];
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return [base64(`\0${user}\0${password}`), base64(password), password];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a percent sign that encodes nothing: nodemailer takes it as it is, too
  }
}
