/** How this project connects to Kafka: time limits, retries, and where kafkajs's own logs go. */

import type { Logger } from '@hookpulse/common/runtime/logger';
import { readTlsFiles, type TlsPems } from '@hookpulse/common/runtime/tls-files';
import { Kafka, type LogEntry, logLevel } from 'kafkajs';
import { LogRefusedError } from '../event-log.ts';
import type { ClientSockets } from './client-sockets.ts';
import { registerCodecs } from './compression.ts';
import type { KafkaSettings } from './kafka-settings.ts';
import { repairKafkajs } from './kafkajs-repairs.ts';
import { saslMechanism } from './sasl-mechanism.ts';
import { produceStraight } from './straight-produce.ts';
import { handOverWholeFetches } from './whole-fetches.ts';

export interface KafkaClientSettings extends KafkaSettings {
  readonly clientId: string;
}

/** Makes a client of a log. @param sockets - when it may be given up before the log is closed */
export type CreateClient = (sockets?: ClientSockets) => Kafka;

const CONNECTION_TIMEOUT_MS = 1_000;
const AUTHENTICATION_TIMEOUT_MS = 3_000;
/**
 * A request without an answer within this time has failed; joining a group has a limit of its own.
 */
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Short and few, because callers have deadlines of their own and try again with a fresh client. All
 * values are named, because kafkajs has other defaults under Jest.
 */
export const RETRY_OPTIONS = {
  retries: 4,
  initialRetryTime: 100,
  maxRetryTime: 800,
  factor: 0.2,
  multiplier: 2,
} as const;

/**
 * A new kafkajs client. Each producer, consumer and admin gets one of its own: kafkajs shares the
 * known offsets of groups within a client, which two members of one group would overwrite.
 * @param sockets - by which alone it connects
 * @throws LogRefusedError when the files of the TLS settings cannot be used
 */
export function createKafkaClient(
  settings: KafkaClientSettings,
  logger: Logger,
  sockets?: ClientSockets,
): Kafka {
  repairKafkajs();
  registerCodecs();
  handOverWholeFetches();
  produceStraight();
  return new Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    ssl: tlsOptions(settings.ssl),
    ...(settings.sasl ? { sasl: saslMechanism(settings.sasl) } : {}),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    authenticationTimeout: AUTHENTICATION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: RETRY_OPTIONS,
    // Make nothing whose message would go unseen.
    logLevel: logger.isLevelEnabled('debug') ? logLevel.INFO : logLevel.NOTHING,
    logCreator: () => logTo(logger),
    ...(sockets ? { socketFactory: sockets.factory } : {}),
  });
}

/**
 * kafkajs's own logs as lines of ours. What goes wrong comes as errors too, which are logged once and
 * with what they mean; what kafkajs says meanwhile, several times a second, is for who debugs.
 */
function logTo(logger: Logger): (entry: LogEntry) => void {
  return ({ namespace, log }) => {
    const { message, timestamp: _timestamp, logger: _logger, ...details } = log;
    logger.debug({ kafkajs: namespace, ...details }, message);
  };
}

/** The files are read for each client, so that renewed ones are taken without a restart. */
function tlsOptions(ssl: KafkaSettings['ssl']): boolean | TlsPems {
  if (typeof ssl === 'boolean') return ssl;
  try {
    return readTlsFiles(ssl);
  } catch (error) {
    throw new LogRefusedError(`The TLS files for Kafka cannot be used: ${String(error)}`, {
      cause: error,
    });
  }
}
