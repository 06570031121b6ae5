/** Where errors are reported to, beside the log. There is a reporter only where that is switched on. */

export interface ReportedError {
  /** What the log line says. */
  readonly message: string;
  /** What was thrown; null: nothing. */
  readonly error: Error | null;
  readonly level: 'error' | 'fatal';
  /** Ids that help to find more: of the bot, partition, request, trace. Never texts. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface BotError {
  readonly botId: string;
  /** As the bot named it. */
  readonly errorType: string;
  readonly updateType: string | null;
  readonly eventId: string;
}

export interface ErrorReporter {
  report(error: ReportedError): void;
  /** Null: errors of bots are not reported. Limited by bot and error type. */
  readonly reportBotError: ((error: BotError) => void) | null;
  /** Sends what is left, for a while. */
  close(): Promise<void>;
}

/** Of a log line, the fields that are ids. */
const TAGS = new Set([
  'bot_id',
  'partition',
  'topic',
  'rule',
  'requestId',
  'trace_id',
  'check',
  'resource',
]);

/** From the arguments of a pino call: `(fields, message)` or `(message)`. */
export function reportedErrorOf(args: readonly unknown[], level: 'error' | 'fatal'): ReportedError {
  const [first, second] = args;
  const fields: Record<string, unknown> = { ...(typeof first === 'object' ? first : {}) };
  const message = String((typeof first === 'string' ? first : second) ?? '');
  const tags = Object.entries(fields).filter(([name]) => TAGS.has(name));
  return {
    message,
    error: isError(fields.err) ? fields.err : null,
    level,
    tags: Object.fromEntries(tags.map(([name, value]) => [name, String(value)])),
  };
}

function isError(value: unknown): value is Error {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}
