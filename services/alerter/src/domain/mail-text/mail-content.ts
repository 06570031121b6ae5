/** What a mail says, before it is written as plain text and as HTML. All texts are single lines. */

export interface MailContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** What to look at first. */
  readonly checks: readonly string[];
  readonly tables: readonly MailTable[];
  /** A name and a value, such as the bot's id. */
  readonly footer: readonly (readonly [name: string, value: string])[];
  readonly link: MailLink | null;
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
