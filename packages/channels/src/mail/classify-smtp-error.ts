/**
 * Whether a mail that was not taken should be tried again. By reply codes (RFC 5321, section 4.2.1:
 * 4yz is for now, 5yz for good) and by what was answered to, never by the text of a message.
 */
import type { SmtpFailure } from '@hookpulse/service-kit/smtp/smtp-failure';

export type SmtpVerdict = 'refused' | 'later';

/** Replies to these are about the mail; others are about the connection or the login. */
const ABOUT_THE_MAIL: ReadonlySet<string> = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

/**
 * 5yz replies that are not about the mail, so that somebody can mend what they are about.
 * 503: the session was in the wrong state (RFC 5321). 530: a login (RFC 4954) or STARTTLS (RFC 3207)
 * is missing.
 */
const NOT_ABOUT_THE_MAIL: ReadonlySet<number> = new Set([503, 530]);

/**
 * RFC 821 had this for too many receivers, so that it is for now when others were taken in the same
 * mail (RFC 5321, section 4.5.3.1.10).
 */
const TOO_MANY_RECEIVERS = 552;

const PERMANENT_FROM = 500;

/** @param othersAccepted - whether the server took other receivers of the same mail */
export function classifySmtpError(failure: SmtpFailure, othersAccepted = false): SmtpVerdict {
  const { code, command, replyCode } = failure;
  if (replyCode === null) return isUnsendable(failure) ? 'refused' : 'later';
  if (code === null || command === null || !ABOUT_THE_MAIL.has(command)) return 'later';
  if (replyCode < PERMANENT_FROM || NOT_ABOUT_THE_MAIL.has(replyCode)) return 'later';
  const isTooMany = replyCode === TOO_MANY_RECEIVERS && command === 'RCPT TO' && othersAccepted;
  return isTooMany ? 'later' : 'refused';
}

/** Nodemailer itself refuses an address that no command can hold. */
function isUnsendable({ code, command }: SmtpFailure): boolean {
  return code === 'EENVELOPE' && command === 'API';
}
