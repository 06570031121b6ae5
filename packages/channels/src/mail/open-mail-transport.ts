/** The only switch between SMTP and the outbox. */
import type { MailConfig } from '@hookpulse/service-kit/config/config';
import type { MailTransport } from './mail.ts';
import { openOutboxTransport } from './outbox-transport.ts';
import { openSmtpTransport } from './smtp-transport.ts';

/** Connects to nothing yet. */
export function openMailTransport({
  smtpUrl,
  outboxDir,
  from,
}: Pick<MailConfig, 'smtpUrl' | 'outboxDir' | 'from'>): MailTransport {
  return smtpUrl === null
    ? openOutboxTransport({ folder: outboxDir, from })
    : openSmtpTransport({ url: smtpUrl, from });
}
