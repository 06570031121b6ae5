/** Structured logs: JSON lines in a pipe, coloured and readable in a terminal. */
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import pretty from 'pino-pretty';
import { type ErrorReporter, reportedErrorOf } from '../telemetry/error-reporter.ts';

type LogHook = NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']>;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Header and field names whose values never reach a log line. */
const SECRET_PATHS = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-telegram-bot-api-secret-token"]',
  '*.webhook_secret',
  '*.report_token',
  '*.password',
];

/**
 * @param service - which part speaks: `ingest`, `aggregator`, …
 * @param errors - told of every line of level error and above; null: nobody is
 * @param worker - number among several processes of the service; null: it is the only one
 */
export function createLogger(
  service: string,
  level: LogLevel,
  errors: Pick<ErrorReporter, 'report'> | null = null,
  worker: number | null = null,
): Logger {
  const options = {
    level,
    ...(errors ? { hooks: { logMethod: reportTo(errors) } } : {}),
    redact: SECRET_PATHS,
    base: worker === null ? { service } : { service, worker },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return process.stdout.isTTY ? pino(options, terminalStream()) : pino(options);
}

function reportTo(errors: Pick<ErrorReporter, 'report'>): LogHook {
  const { error, fatal } = pino.levels.values;
  return function report(args, method, level) {
    if (level === error || level === fatal) {
      errors.report(reportedErrorOf(args, level === fatal ? 'fatal' : 'error'));
    }
    method.apply(this, args);
  };
}

function terminalStream(): DestinationStream {
  return pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' });
}
