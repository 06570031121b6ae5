/** What a mail about alerts is made of, what it says, and what comes out. */
import type { PastTransition, TransitionName } from '@hookpulse/common/alerts/alert';

/** One transition to be told. */
export interface ToldTransition extends PastTransition {
  readonly bot_id: string;
  readonly bot_name: string;
  /** Also of a rule that only a later version knows. */
  readonly rule: string;
}

/** Told in one mail. */
export interface MailGroup {
  /** Of all items. */
  readonly transition: TransitionName;
  readonly items: readonly ToldTransition[];
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

/** What the failures come down to; texts are single lines. */
export interface MailCauses {
  /** The sentence that names the largest. */
  readonly lead: string;
  readonly rows: readonly string[];
}

/** What it says, before it is written as plain text and as HTML. All texts are single lines. */
export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What to look at first. */
  readonly checks: readonly string[];
  readonly tables: readonly MailTable[];
  /** A name and a value, such as the bot's id. */
  readonly footer: readonly (readonly [name: string, value: string])[];
  /** Below the text of the alert; null: none are known. */
  readonly causes: MailCauses | null;
  readonly link: MailLink | null;
  /** Where people read what to do; null: there are no links. */
  readonly helpUrl: string | null;
}

export interface MailLink {
  readonly label: string;
  readonly url: string;
}

/** The alerts of one rule, worst first. */
export interface MailTable {
  readonly title: string;
  readonly rows: readonly MailRow[];
  readonly checks: readonly string[];
}

export interface MailRow {
  readonly botId: string;
  readonly botName: string;
  readonly facts: string;
  /** Of the bot; null: there are no links. */
  readonly url: string | null;
}
