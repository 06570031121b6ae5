/** kafkajs's own logs as lines of ours. */
import { type LogEntry, logLevel } from 'kafkajs';
import type { Logger } from '../../runtime/logger.ts';

/** While brokers are away kafkajs says the same several times a second. */
const REPEAT_AFTER_MS = 10_000;
/** Far more than there are kinds of messages; some name a broker. */
const MAX_REMEMBERED = 200;

/** What kafkajs takes as `logCreator`. The same warning is repeated only after a while. */
export function kafkajsLogs(logger: Logger): () => (entry: LogEntry) => void {
  const lastSaidMs = new Map<string, number>();

  function isRepeated(message: string): boolean {
    const nowMs = Date.now();
    if (nowMs - (lastSaidMs.get(message) ?? 0) < REPEAT_AFTER_MS) return true;
    if (lastSaidMs.size >= MAX_REMEMBERED) lastSaidMs.clear();
    lastSaidMs.set(message, nowMs);
    return false;
  }

  return () =>
    ({ namespace, level, log }) => {
      const { message, timestamp: _timestamp, logger: _logger, ...details } = log;
      const isWarning = level <= logLevel.WARN && !isRepeated(message);
      const write = isWarning ? logger.warn : logger.debug;
      write.call(logger, { kafkajs: namespace, ...details }, message);
    };
}
