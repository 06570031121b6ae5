/**
 * kafkajs's own logs as lines of ours. What goes wrong comes as errors too, which are logged once and
 * with what they mean; what kafkajs says meanwhile, several times a second, is for who debugs.
 */

import type { Logger } from '@hookpulse/common/runtime/logger';
import { type LogEntry, logLevel } from 'kafkajs';

/** What kafkajs takes as `logCreator`. */
export function kafkajsLogs(logger: Logger): () => (entry: LogEntry) => void {
  return () =>
    ({ namespace, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, ...details } = log;
      logger.debug({ kafkajs: namespace, ...details }, message);
    };
}

/** What kafkajs takes as `logLevel`: nothing that nobody would see. */
export function kafkajsLogLevel(logger: Logger): logLevel {
  return logger.isLevelEnabled('debug') ? logLevel.INFO : logLevel.NOTHING;
}
