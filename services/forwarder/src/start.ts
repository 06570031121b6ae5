/** Starts the forwarder on a log that the caller opened and closes: its work, its probes and metrics. */

import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import { logCheck, repeatedPublishing } from '@hookpulse/service-kit/http/engine-check';
import type { NamedTokenReader, Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import { measureLog } from '@hookpulse/service-kit/metrics/measured-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { forwarderMetrics } from './metrics.ts';
import { type RunningForwarder, runForwarder } from './run.ts';
import { showForwarder } from './scrape.ts';

export interface ForwarderSettings {
  readonly host: string;
  /** Of probes and metrics only; 0: any free port. */
  readonly port: number;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens;
  /** Of a whole request where the bot has no time-out of its own. */
  readonly timeoutMs: number;
  /** None: all but link-local and metadata addresses. */
  readonly allowedHosts: readonly string[];
  /** The Bot API, where replies of bots are carried out. */
  readonly telegramApiUrl: string;
}

export interface ForwarderStartDeps {
  readonly settings: ForwarderSettings;
  readonly log: EventLog;
  readonly registry: Pick<BotRegistry, 'get' | 'list'>;
  /** Null: there is no key, so bots with secrets cannot be forwarded. */
  readonly secretBox: SecretBox | null;
  /** They read the metrics; default: there are none. */
  readonly namedTokens?: NamedTokenReader | undefined;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
}

export interface RunningForwarderService {
  /** Origin of the probes. */
  readonly url: string;
  /** Sends nothing new, waits a while for what is under way, and leaves the group. */
  close(): Promise<void>;
}

/**
 * Resolves when it has joined its group; it listens before, so that probes can say what it waits for.
 * Topics must exist. @throws when the address cannot be had or the group not be joined.
 */
export async function start(deps: ForwarderStartDeps): Promise<RunningForwarderService> {
  const { settings, log, registry, secretBox, logger, clock } = deps;
  const service = createServiceMetrics('forwarder');
  const metrics = forwarderMetrics(service.registry);
  const publishing = repeatedPublishing();
  let forwarder: RunningForwarder | null = null;
  const probes = createHttpApp({
    logger,
    clock,
    metrics: service,
    tokens: settings.tokens,
    namedTokens: deps.namedTokens,
    readinessChecks: [
      logCheck({ log, publishing, clock, isMember: () => forwarder?.isMember ?? false }),
    ],
  });
  const url = await probes.listen({ host: settings.host, port: settings.port });
  try {
    forwarder = await runForwarder({
      log: measureLog(log, { metrics, health: publishing }),
      registry,
      secretBox,
      logger,
      clock,
      timeoutMs: settings.timeoutMs,
      allowedHosts: settings.allowedHosts,
      telegramApiUrl: settings.telegramApiUrl,
      metrics,
      tracer: deps.tracer ?? null,
    });
  } catch (error) {
    await probes.close();
    throw error;
  }
  const running = forwarder;
  showForwarder({ forwarder: running, log, clock }, metrics, service.page);
  return {
    url,
    close: async () => {
      await running.close();
      await probes.close();
    },
  };
}
