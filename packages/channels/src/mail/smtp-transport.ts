/** Mails through an SMTP server, one connection for each: an idle one can lose a mail silently. */
import { describeSmtpFailure, shownReply } from '@hookpulse/service-kit/smtp/describe-smtp-failure';
import { readSmtpFailure, type SmtpFailure } from '@hookpulse/service-kit/smtp/smtp-failure';
import {
  type ConnectionLimits,
  openSmtpServer,
  type SmtpServer,
} from '@hookpulse/service-kit/smtp/smtp-server';
import MimeNode from 'nodemailer/lib/mime-node';
import { classifySmtpError } from './classify-smtp-error.ts';
import type { Mail, MailOutcome, MailTransport } from './mail.ts';
import { mailMessage } from './mail-message.ts';
import { outcomeOf, type ReceiverFate } from './receiver-fates.ts';

export interface SmtpSettings {
  /** As `openSmtpServer` takes it. */
  readonly url: string;
  readonly from: string;
  readonly limits?: Partial<SmtpLimits>;
}

/** Milliseconds. */
export interface SmtpLimits extends ConnectionLimits {
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

export function openSmtpTransport({ url, from, limits }: SmtpSettings): MailTransport {
  return new SmtpMailTransport(url, from, { ...DEFAULT_LIMITS, ...limits });
}

class SmtpMailTransport implements MailTransport {
  readonly name = 'smtp';
  readonly #transporter: SmtpServer['transporter'];
  readonly #server: SmtpServer['named'];
  readonly #from: string;
  readonly #attemptMs: number;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<MailOutcome>>();

  constructor(url: string, from: string, limits: SmtpLimits) {
    const { transporter, named } = openSmtpServer(url, { limits });
    this.#transporter = transporter;
    this.#server = named;
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
