/** What nodemailer's errors tell of an attempt, read field by field: anything may be thrown. */

export interface SmtpFailure {
  /** Nodemailer's kind, such as `ECONNECTION`; null: it is none of nodemailer's errors. */
  readonly code: string | null;
  /** What Node said of a socket, such as `ECONNREFUSED`, or of a certificate. */
  readonly systemCode: string | null;
  /** Which wait ended without an answer. */
  readonly timeoutType: string | null;
  /** What the server answered to: `MAIL FROM`, `RCPT TO`, `DATA`, `AUTH PLAIN`, `CONN` (nothing). */
  readonly command: string | null;
  /** The server's reply code; null: it did not answer. */
  readonly replyCode: number | null;
  /** The server's reply, as it stands. */
  readonly reply: string | null;
  /** Address of the receiver that it is about; null: of all. */
  readonly receiver: string | null;
  /** Of each receiver, when all were turned down. */
  readonly ofReceivers: readonly SmtpFailure[];
}

export function readSmtpFailure(error: unknown): SmtpFailure {
  const rejected = field(error, 'rejectedErrors');
  return {
    code: textField(error, 'code'),
    systemCode: textField(error, 'originalCode'),
    timeoutType: textField(error, 'timeoutType'),
    command: textField(error, 'command'),
    replyCode: numberField(error, 'responseCode'),
    reply: textField(error, 'response'),
    receiver: textField(error, 'recipient'),
    ofReceivers: Array.isArray(rejected) ? rejected.map(readSmtpFailure) : [],
  };
}

function textField(error: unknown, name: string): string | null {
  const value = field(error, name);
  return typeof value === 'string' ? value : null;
}

function numberField(error: unknown, name: string): number | null {
  const value = field(error, name);
  return typeof value === 'number' ? value : null;
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
