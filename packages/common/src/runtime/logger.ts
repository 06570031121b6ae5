/** Structured logging as a dependency: code is handed a logger, and never makes one. */
export type { Logger } from 'pino';
