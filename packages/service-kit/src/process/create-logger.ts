/** Structured logs: JSON lines in a pipe, coloured and readable in a terminal. */
import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

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

/** @param service - which part speaks: `ingest`, `aggregator`, … */
export function createLogger(service: string, level: LogLevel): Logger {
  const options = {
    level,
    redact: SECRET_PATHS,
    base: { service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
  };
  return process.stdout.isTTY ? pino(options, terminalStream()) : pino(options);
}

function terminalStream(): DestinationStream {
  return pretty({ sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' });
}
