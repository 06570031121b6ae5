/** Mails through an SMTP server, one connection for each: an idle one can lose a mail silently. */
import { createTransport, type Transporter } from 'nodemailer';
import MimeNode from 'nodemailer/lib/mime-node';
import SMTPTransport from 'nodemailer/lib/smtp-transport';
import { classifySmtpError } from './classify-smtp-error.ts';
import { describeSmtpFailure, type NamedServer, shownReply } from './describe-smtp-failure.ts';
import type { Mail, MailOutcome, MailTransport } from './mail.ts';
import { mailMessage } from './mail-message.ts';
import { outcomeOf, type ReceiverFate } from './receiver-fates.ts';
import { readSmtpFailure, type SmtpFailure } from './smtp-failure.ts';

export interface SmtpSettings {
  /**
   * `smtp://` (STARTTLS where the server offers it, and always with credentials) or `smtps://`;
   * nodemailer's options as its query.
   */
  readonly url: string;
  readonly from: string;
  readonly limits?: Partial<SmtpLimits>;
}

/** Milliseconds. */
export interface SmtpLimits {
  /** From the look-up of the host to the end of STARTTLS. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Without a byte from the server. */
  readonly silenceMs: number;
  /** A whole attempt, however alive the server is. */
  readonly attemptMs: number;
}

/**
 * Alerts are urgent, so a server that does not answer is left soon. Only silence is borne for longer:
 * a server that looks for spam before it says "taken" has the mail already, and would get it twice.
 */
const DEFAULT_LIMITS: SmtpLimits = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 30_000,
  attemptMs: 60_000,
};
/** A server that does not close its side of a connection is not waited for. */
const CLOSE_TIMEOUT_MS = 1_000;
const DEFAULT_PORTS = { smtp: 587, smtps: 465 };

export function openSmtpTransport({ url, from, limits }: SmtpSettings): MailTransport {
  return new SmtpMailTransport(url, from, { ...DEFAULT_LIMITS, ...limits });
}

class SmtpMailTransport implements MailTransport {
  readonly name = 'smtp';
  readonly #transporter: Transporter<SMTPTransport.SentMessageInfo, SMTPTransport.Options>;
  readonly #server: NamedServer;
  readonly #from: string;
  readonly #attemptMs: number;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<MailOutcome>>();

  constructor(url: string, from: string, limits: SmtpLimits) {
    // Made here rather than by createTransport, which would pool where the URL says so.
    const smtp = new SMTPTransport({
      connectionTimeout: limits.connectMs,
      dnsTimeout: limits.connectMs,
      greetingTimeout: limits.greetingMs,
      socketTimeout: limits.silenceMs,
      socketCloseTimeout: CLOSE_TIMEOUT_MS,
      url: withRequiredTls(url),
    });
    this.#transporter = createTransport(smtp);
    this.#server = namedServer(url);
    this.#from = from;
    this.#attemptMs = limits.attemptMs;
  }

  async send(mail: Mail): Promise<MailOutcome> {
    if (mail.to.length === 0) return { kind: 'refused', detail: 'the mail has no receivers' };
    const sending = this.#send(mail);
    this.#underWay.add(sending);
    try {
      return await sending;
    } finally {
      this.#underWay.delete(sending);
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#underWay);
    this.#transporter.close();
  }

  async #send(mail: Mail): Promise<MailOutcome> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(this.#attemptMs)]);
    const { fates, isRefusedAsWhole } = await this.#attempt(mail, mail.to, signal);
    if (!isRefusedAsWhole || mail.to.length === 1) return outcomeOf(fates);
    // Nobody has it, maybe because of one of them: some servers judge each receiver's rules only
    // when they have the text. And who was turned down for now only is not told any more.
    const alone: ReceiverFate[] = [];
    for (const receiver of mail.to) {
      alone.push(...(await this.#attempt(mail, [receiver], signal)).fates);
    }
    return outcomeOf(alone);
  }

  /** Never rejects. */
  async #attempt(mail: Mail, to: readonly string[], signal: AbortSignal): Promise<Attempt> {
    const addresses = new Map(to.map((receiver) => [receiver, addressOf(receiver)]));
    const envelope = { from: addressOf(this.#from), to: [...addresses.values()] };
    const message = mailMessage(mail, this.#from);
    try {
      const info = await this.#transporter.sendMail({ ...message, envelope, signal });
      const failures = (info.rejectedErrors ?? []).map(readSmtpFailure);
      const taken = `${this.#server.address} answered "${shownReply(info.response, this.#server)}"`;
      const fates = to.map((receiver): ReceiverFate => {
        const failure = failures.find((one) => one.receiver === addresses.get(receiver));
        return failure
          ? this.#fate(receiver, failure, info.accepted.length > 0)
          : { receiver, kind: 'accepted', detail: taken };
      });
      return { fates, isRefusedAsWhole: false };
    } catch (error) {
      const failure = readSmtpFailure(error);
      const fates = to.map((receiver) => {
        const own = failure.ofReceivers.find((one) => one.receiver === addresses.get(receiver));
        return this.#fate(receiver, own ?? failure, false);
      });
      const isAboutText = failure.command === 'DATA' && classifySmtpError(failure) === 'refused';
      return { fates, isRefusedAsWhole: isAboutText };
    }
  }

  #fate(receiver: string, failure: SmtpFailure, othersAccepted: boolean): ReceiverFate {
    const detail = this.#closing.signal.aborted
      ? `Hookpulse stopped before ${this.#server.address} answered`
      : describeSmtpFailure(failure, this.#server);
    return { receiver, kind: classifySmtpError(failure, othersAccepted), detail };
  }
}

interface Attempt {
  readonly fates: readonly ReceiverFate[];
  /** The text was refused for good, after receivers had been taken. */
  readonly isRefusedAsWhole: boolean;
}

/** As nodemailer itself writes it into the envelope, and into its errors. */
function addressOf(receiver: string): string {
  return new MimeNode().setEnvelope({ to: receiver }).getEnvelope().to[0] ?? receiver;
}

/**
 * Credentials never go over a connection in plain text, unless the URL says `requireTLS=false`: whoever
 * is in between could take STARTTLS out of the server's answer. `ignoreTLS` would go before `requireTLS`.
 */
function withRequiredTls(smtpUrl: string): string {
  const url = new URL(smtpUrl);
  const hasCredentials = url.username !== '' || url.password !== '';
  if (!hasCredentials || url.searchParams.get('requireTLS') === 'false') return smtpUrl;
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
