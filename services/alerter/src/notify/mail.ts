/** A mail and what becomes of it: the port behind which SMTP and the outbox stand. */

export interface Mail {
  /** Stable: the same mail has the same one at every attempt. With its angle brackets. */
  readonly messageId: string;
  /** Message-ID of the first mail of the alert; null: it is the first. */
  readonly inReplyTo: string | null;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** When what it tells of happened, milliseconds since the epoch. */
  readonly dateMs: number;
}

export type MailOutcome =
  /** Every receiver's copy is taken, or refused for good: those are named in `detail`. */
  | { readonly kind: 'accepted'; readonly detail: string | null }
  /** No receiver's copy will ever be taken as it is. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Trying again later is right, for those `leftTo`; the others have it. */
  | { readonly kind: 'later'; readonly detail: string; readonly leftTo: readonly string[] };

export interface MailTransport {
  /** `smtp` or `outbox`, for logs. */
  readonly name: string;
  /** Tries once. Never rejects for what a server or a network does; bounded in time. */
  send(mail: Mail): Promise<MailOutcome>;
  close(): Promise<void>;
}
