/** A mail as nodemailer composes it, whoever carries it. */
import type { SendMailOptions } from 'nodemailer';
import type { Mail } from './mail.ts';

/** What a mail is addressed to that has no receivers: an empty group (RFC 5322, section 3.4). */
const NOBODY = 'undisclosed-recipients:;';

/**
 * No machine shall answer: RFC 3834, section 5, and Exchange's own header
 * (https://learn.microsoft.com/openspecs/exchange_server_protocols/ms-oxcmail).
 */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** @param from - with or without a name */
export function mailMessage(mail: Mail, from: string): SendMailOptions {
  const { messageId, inReplyTo, to, subject, text, html, headers, dateMs } = mail;
  return {
    messageId,
    ...(inReplyTo === null ? {} : { inReplyTo, references: inReplyTo }),
    from,
    to: to.length === 0 ? NOBODY : [...to],
    subject,
    text,
    html,
    date: new Date(dateMs),
    headers: { ...headers, ...AUTOMATIC },
    // The texts are all there is: nothing in them is taken for the name of a file or a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
