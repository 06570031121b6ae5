/** What became of an alert's newest mail; who got it, and the server's words, on hover. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { mailSentence, mailTone } from '../../format/alert-words.ts';
import { ToneMark } from '../../ui/status-badge.tsx';
import { Time } from '../../ui/time.tsx';

type Mail = Omit<AlertView['mail'], 'at'>;

export function MailNote({ mail }: { readonly mail: Mail }) {
  const hint = [mail.receivers.join(', '), mail.detail].filter(Boolean).join('\n');
  return (
    <span class="mail-note" title={hint || undefined}>
      <ToneMark tone={mailTone(mail)} />
      <span>
        {mailSentence(mail)}
        {mail.next_attempt_at && (
          <>
            . Next try <Time at={mail.next_attempt_at} as="moment" />
          </>
        )}
      </span>
    </span>
  );
}
