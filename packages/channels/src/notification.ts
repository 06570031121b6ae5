/** What is told, and what becomes of it: the port behind which every channel stands. */
import type { PastTransition, TransitionName } from '@hookpulse/common/alerts/alert';
import type { Mail, MailOutcome } from './mail/mail.ts';

/** One alert that a notification tells of. */
export interface ToldAlert extends PastTransition {
  readonly bot_id: string;
  readonly bot_name: string;
  /** Also of a rule that only a later version knows. */
  readonly rule: string;
  /**
   * The same for all that is told of the alert, and for all alerts that were first told of together:
   * what is opened under it is closed under it.
   */
  readonly threadId: string;
  /** Nothing of the thread fires any more. */
  readonly isThreadOver: boolean;
  /** Where people see the bot; null: not known. */
  readonly url: string | null;
}

/** Each attempt has the same ids and texts, by which receivers know a repeat. */
export interface Notification extends Mail {
  readonly kind: TransitionName | 'test';
  /** Of a test: none. */
  readonly alerts: readonly ToldAlert[];
}

export type Outcome = MailOutcome;

export interface Channel {
  /** For logs. */
  readonly name: string;
  /**
   * Resolves when a notification could be taken now. Absent: only sending tells. A server that is away is
   * no reason to take an alerter for broken, as it goes on judging and sends later.
   */
  readonly probe?: () => Promise<void>;
  /** Tries once. Never rejects for what a server or a network does; bounded in time. */
  send(notification: Notification): Promise<Outcome>;
  /** Ends attempts that are under way: they are to be tried again later. */
  close(): Promise<void>;
}

/** What one receiver made of one attempt. */
export type Verdict =
  | { readonly kind: 'taken'; readonly detail: string }
  | {
      readonly kind: 'later';
      readonly detail: string;
      /** What the receiver asks to wait, milliseconds; null: it does not say. */
      readonly afterMs: number | null;
    }
  /** It will never be taken as it is. */
  | { readonly kind: 'refused'; readonly detail: string };

/** Without its angle brackets, which only mails have. */
export function plainId(messageId: string): string {
  return messageId.replace(/^<|>$/g, '');
}
