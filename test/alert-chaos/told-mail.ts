/** Mails as people read them: what happened, by the subject, and to whom, by the text. */
import type { TransitionName } from '@hookpulse/common/alerts/alert';
import type { TestMail } from '../support/smtp-server.ts';
import type { ToldMail } from './reckoning.ts';

/** A row of a mail of many ends with the bot's id, a mail of one has it below. */
const NAMED_BOT = /\[([\w-]+)\]$|^Bot ID: ([\w-]+)$/gm;

export function readToldMail({
  parsed,
  receivedAtMs,
}: Pick<TestMail, 'parsed' | 'receivedAtMs'>): ToldMail {
  const { messageId = '', subject = '', text = '' } = parsed;
  const botIds = [...text.matchAll(NAMED_BOT)].map(([, inRow, alone]) => inRow ?? alone ?? '');
  return {
    messageId,
    transition: transitionOf(subject),
    botIds: [...new Set(botIds)],
    receivedAtMs,
  };
}

function transitionOf(subject: string): TransitionName {
  if (subject.startsWith('✅ Resolved: ')) return 'resolved';
  return subject.startsWith('🔁 Still firing: ') ? 'reminder' : 'firing';
}
