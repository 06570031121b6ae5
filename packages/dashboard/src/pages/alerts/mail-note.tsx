/** What became of an alert's newest mail; who got it, and the server's words, on hover. */
import type { AlertView } from '@hookpulse/query-api/domain/alert-view';
import { MAIL_TONES, mailSentence } from '../../format/alert-words.ts';
import { ToneMark } from '../../ui/status-badge.tsx';

type Mail = Pick<AlertView['mail'], 'state' | 'detail' | 'receivers'>;

export function MailNote({ mail }: { readonly mail: Mail }) {
  const hint = [mail.receivers.join(', '), mail.detail].filter(Boolean).join('\n');
  return (
    <span class="mail-note" title={hint || undefined}>
      <ToneMark tone={MAIL_TONES[mail.state]} />
      <span>{mailSentence(mail)}</span>
    </span>
  );
}
