/** Starts the alerter on a log that the caller opened and closes: its work, its mails, its probes. */

import { openMailTransport } from '@hookpulse/channels/mail/open-mail-transport';
import { type ChannelSettings, openChannels } from '@hookpulse/channels/open-channels';
import { ReceiverBook } from '@hookpulse/channels/receiver-book';
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { type Clock, type SteadyClock, steadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { MailConfig } from '@hookpulse/service-kit/config/config';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import { repeatedPublishing } from '@hookpulse/service-kit/http/engine-check';
import type { NamedTokenReader, Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import { measureLog } from '@hookpulse/service-kit/metrics/measured-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import { type AlertStates, openAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import {
  type ForwardingStatuses,
  followForwardingStatuses,
} from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import type { FirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import type { Presence } from '@hookpulse/topic-tables/presence/presence';
import { createHeartbeat, type Heartbeat } from './heartbeat.ts';
import { type MailerDeps, type RunningMailer, startMailer } from './mailing/mailer.ts';
import { alerterMetrics } from './metrics.ts';
import { alerterChecks, LONGEST_LAG_MS } from './readiness.ts';
import { type RunningAlerter, runAlerter } from './run.ts';
import { showAlerter } from './scrape.ts';

export interface AlerterSettings {
  readonly host: string;
  /** Of probes and metrics only; 0: any free port. */
  readonly port: number;
  /** With a read token the metrics need one of the two; default: they are open. */
  readonly tokens?: Tokens;
  /** The sliding window. */
  readonly windowMs: number;
  /** What bots are judged and mailed by where nothing nearer is set. */
  readonly base: AlertSettings;
  /** False: everything is judged and shown, and nothing is sent. */
  readonly isMailing: boolean;
  readonly mail: MailConfig;
  readonly channels: ChannelSettings;
  /** Called while it judges; null: nobody is. */
  readonly heartbeatUrl: string | null;
}

export interface AlerterStartDeps {
  readonly settings: AlerterSettings;
  readonly log: EventLog;
  readonly registry: Pick<BotRegistry, 'get' | 'list'>;
  readonly controls: AlertControls;
  /** Opens the secrets of receivers and bots; default: there is no key. */
  readonly secretBox?: SecretBox | null;
  /** They read the metrics; default: there are none. */
  readonly namedTokens?: NamedTokenReader | undefined;
  readonly presence: Presence;
  readonly firstEvents: FirstEvents;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Default: that of the process. */
  readonly steadyClock?: SteadyClock;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** Default: `PACE`. */
  readonly pace?: AlerterPace;
}

/** How often it works, milliseconds from the end of a round to the start of the next. */
export interface AlerterPace {
  /** Between evaluations of all rules. */
  readonly evaluationMs: number;
  /** Between looks for notifications that are due. */
  readonly lookMs: number;
}

/** An alert is due within five seconds of its event, and each round costs little. */
const PACE: AlerterPace = { evaluationMs: 500, lookMs: 250 };

export interface RunningAlerterService {
  /** Origin of the probes. */
  readonly url: string;
  /** Ends the attempt to mail that is under way, and leaves the group. */
  close(): Promise<void>;
}

/** Who starts it would like to hear that it is ready; more is for its probes to tell. */
const FIRST_JUDGED_PATIENCE_MS = 3_000;

/** What is open, to be closed in reverse. */
interface Parts {
  alertStates?: AlertStates;
  forwarding?: ForwardingStatuses;
  alerter?: RunningAlerter;
  mailer?: RunningMailer;
}

/**
 * Resolves when it has judged for the first time, or soon after it has joined its group: reading the
 * window may take long. It listens before, so that probes can say what it waits for.
 * Topics must exist. @throws when the address cannot be had or the group not be joined.
 */
export async function start(deps: AlerterStartDeps): Promise<RunningAlerterService> {
  const { settings, registry, controls, presence, firstEvents, logger, clock } = deps;
  const { pace = PACE } = deps;
  const steady = deps.steadyClock ?? steadyClock;
  const service = createServiceMetrics('alerter');
  const metrics = alerterMetrics(service.registry);
  const publishing = repeatedPublishing(steady);
  const log = measureLog(deps.log, { metrics, health: publishing });
  const heartbeat = heartbeatOf(deps, metrics);
  const parts: Parts = {};
  const book = new ReceiverBook({
    ...{ registry, controls, base: settings.base, secretBox: deps.secretBox ?? null },
    botToken: settings.channels.botToken,
  });
  const mail = openMailTransport(settings.mail);
  const channel = openChannels({ mail, book, settings: settings.channels, clock });

  const probes = createHttpApp({
    logger,
    clock,
    metrics: service,
    tokens: settings.tokens,
    namedTokens: deps.namedTokens,
    readinessChecks: alerterChecks({
      log,
      publishing,
      clock,
      alerter: () => parts.alerter ?? null,
      probeOutbox: (settings.isMailing && channel.probe) || null,
    }),
  });
  const url = await probes.listen({ host: settings.host, port: settings.port });
  const close = async () => {
    await parts.mailer?.close();
    await parts.alerter?.close();
    await parts.forwarding?.close();
    await parts.alertStates?.close();
    await heartbeat?.close();
    await probes.close();
  };

  try {
    const alertStates = await openAlertStates({ log, logger });
    parts.alertStates = alertStates;
    const forwarding = followForwardingStatuses({ log, logger });
    parts.forwarding = forwarding;
    await forwarding.opened;
    const { base, windowMs } = settings;
    const tracer = deps.tracer ?? null;
    const clocks = { clock, steadyClock: steady };
    const shared = { log, alertStates, controls, ...clocks, logger, metrics, tracer };
    // An evaluation as of long ago does not count, so that the monitor behind the heartbeat
    // notices.
    const onJudged = (asOfMs: number) => {
      if (clock.now() - asOfMs <= LONGEST_LAG_MS) heartbeat?.beat();
    };
    const alerter = await runAlerter({
      ...shared,
      registry,
      presence,
      firstEvents,
      forwarding,
      base,
      windowMs,
      intervalMs: pace.evaluationMs,
      onJudged,
    });
    parts.alerter = alerter;
    const mailing: MailerDeps = {
      ...shared,
      channel,
      settings: mailerSettings(settings),
      receiversOf: (botId, toldBefore) => book.receiversOf(botId, toldBefore),
      isMailer: () => alerter.isMailer(),
    };
    parts.mailer = startMailer(mailing, pace.lookMs);
    await settleWithin(FIRST_JUDGED_PATIENCE_MS, () => alerter.firstJudged);
    showAlerter({ alerter, log, alertStates, controls, clock }, metrics, service.page);
    warnOfNoReceivers(settings, logger);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

function heartbeatOf(
  { settings: { heartbeatUrl: url }, clock, logger }: AlerterStartDeps,
  metrics: Parameters<typeof createHeartbeat>[0]['metrics'],
): Heartbeat | null {
  return url === null ? null : createHeartbeat({ url, clock, logger, metrics });
}

function mailerSettings({ isMailing, mail, windowMs }: AlerterSettings) {
  const [, host] = /@([^@>\s]+)>?$/.exec(mail.from) ?? [];
  return {
    isEnabled: isMailing,
    text: { publicUrl: mail.publicUrl, windowMs },
    // A name of the sender's own domain makes it unique, and is what receivers expect.
    idHost: host ?? 'hookpulse',
  };
}

function warnOfNoReceivers({ isMailing, mail, base }: AlerterSettings, logger: Logger): void {
  if (!isMailing || mail.smtpUrl === null || base.receivers.length > 0) return;
  logger.warn('ADMIN_EMAIL is not set: alerts are sent only where a setting names receivers');
}
