/** What a mail about alerts is made of, and what comes out. */
import type { PastTransition, TransitionName } from '@hookpulse/common/alerts/alert';

/** One transition to be told. */
export interface MailItem extends PastTransition {
  readonly bot_id: string;
  readonly bot_name: string;
  /** Also of a rule that only a later version knows. */
  readonly rule: string;
}

/** Told in one mail. */
export interface MailGroup {
  /** Of all items. */
  readonly transition: TransitionName;
  readonly items: readonly MailItem[];
}

export interface MailOptions {
  /** Where people reach the query API; null: no links. */
  readonly publicUrl: string | null;
  /** Of the sliding window that was judged. */
  readonly windowMs: number;
}

export interface ComposedMail {
  /** One line, without control characters. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** `X-Hookpulse-…`, for people who sort their mails by machine. */
  readonly headers: Readonly<Record<string, string>>;
}
