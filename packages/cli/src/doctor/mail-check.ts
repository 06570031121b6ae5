/** Does the mail server take connections, and the user and password of `SMTP_URL`? Sends nothing. */
import type { Config } from '@hookpulse/service-kit/config/config';
import { describeSmtpFailure } from '@hookpulse/service-kit/smtp/describe-smtp-failure';
import { readSmtpFailure } from '@hookpulse/service-kit/smtp/smtp-failure';
import { type ConnectionLimits, openSmtpServer } from '@hookpulse/service-kit/smtp/smtp-server';
import type { Check } from './check.ts';

const NAME = 'mail';
/** Somebody waits for the answer; a server that needs longer is late for alerts, too. */
const LIMITS: ConnectionLimits = { connectMs: 5_000, greetingMs: 5_000, silenceMs: 5_000 };

export async function checkMail({ mail }: Pick<Config, 'mail'>): Promise<Check> {
  const { smtpUrl, outboxDir } = mail;
  if (smtpUrl === null) {
    const detail = `SMTP_URL is not set: mails are written to ${outboxDir} and not sent`;
    return { name: NAME, state: 'skipped', detail };
  }
  const { transporter, named } = openSmtpServer(smtpUrl, { limits: LIMITS, forceAuth: true });
  try {
    await transporter.verify();
    const hasUser = new URL(smtpUrl).username !== '';
    const detail = hasUser ? `login at ${named.address} works` : `${named.address} answers`;
    return { name: NAME, state: 'ok', detail };
  } catch (error) {
    return {
      name: NAME,
      state: 'problem',
      detail: describeSmtpFailure(readSmtpFailure(error), named),
      remedy:
        'Check host, port, user name and password of SMTP_URL (smtps:// for port 465, smtp:// for 587), then npx hookpulse alerts test <address>.',
    };
  } finally {
    transporter.close();
  }
}
