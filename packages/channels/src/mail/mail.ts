/** A mail and what becomes of it: what SMTP and the outbox have in common. */

export interface Mail {
  /** Stable: the same mail has the same one at every attempt. With its angle brackets. */
  readonly messageId: string;
  /** Message-ID of the first mail of the alert; null: it is the first. */
  readonly inReplyTo: string | null;
  /** Addresses, with or without a name: `ops@example.com`, `Ops <ops@example.com>`. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Further headers; default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** When what it tells of happened, milliseconds since the epoch. */
  readonly dateMs: number;
}

export type MailOutcome =
  /**
   * Every receiver's copy is taken, or refused for good: those are named in `detail`, which else
   * holds what the server said.
   */
  | {
      readonly kind: 'accepted';
      readonly detail: string | null;
      /** Those who got it now, written as in the mail's `to`. */
      readonly taken: readonly string[];
    }
  /** No receiver's copy will ever be taken as it is. */
  | { readonly kind: 'refused'; readonly detail: string }
  /**
   * Trying again later is right, for those `leftTo`, written as in the mail's `to`; the others have
   * it, or are named in `detail` as refused for good.
   */
  | {
      readonly kind: 'later';
      readonly detail: string;
      readonly leftTo: readonly string[];
      /** Those who got it now. */
      readonly taken: readonly string[];
      /** What the receiver asks to wait at least, milliseconds; absent: it does not say. */
      readonly afterMs?: number;
    };

export interface MailTransport {
  /** `smtp` or `outbox`, for logs. */
  readonly name: string;
  /** Resolves when a mail could be taken now. Absent: only sending tells. */
  readonly probe?: () => Promise<void>;
  /** Tries once. Never rejects for what a server or a network does; bounded in time. */
  send(mail: Mail): Promise<MailOutcome>;
  /** Ends attempts that are under way: they are to be tried again later. */
  close(): Promise<void>;
}
