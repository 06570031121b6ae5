/** From what was planned to what every channel sends. */
import type { Notification, ToldAlert } from '@hookpulse/channels/notification';
import type { MailItem, PlannedMail } from '../domain/mail-plan.ts';
import { composeMail } from '../domain/mail-text/compose-mail.ts';
import type { MailOptions } from '../domain/mail-text/mail-content.ts';
import { incidentUrl } from '../domain/mail-text/mail-words.ts';

export interface ThreadEnds {
  /** Whether nothing of the item's thread fires any more; default: it may. */
  isOver?(item: MailItem): boolean;
}

export function notificationOf(planned: PlannedMail & ThreadEnds, text: MailOptions): Notification {
  const { messageId, threadId, receivers, items } = planned;
  const kind = items[0]?.mail.transition ?? 'firing';
  const told = items.map(({ bot_id, bot_name, rule, mail }) => ({
    ...{ bot_id, bot_name, rule },
    ...mail,
  }));
  const dateMs = Math.max(...items.map(({ mail }) => Date.parse(mail.at)));
  return {
    ...composeMail({ transition: kind, items: told }, text),
    messageId,
    inReplyTo: threadId === messageId ? null : threadId,
    to: receivers,
    dateMs,
    kind,
    alerts: items.map(
      (item): ToldAlert => ({
        ...{ bot_id: item.bot_id, bot_name: item.bot_name, rule: item.rule },
        ...item.mail,
        threadId: item.threadId ?? threadId ?? messageId,
        isThreadOver: planned.isOver?.(item) ?? false,
        url:
          text.publicUrl === null
            ? null
            : incidentUrl(text.publicUrl, { bot_id: item.bot_id, fired_at: item.mail.fired_at }),
      }),
    ),
  };
}
