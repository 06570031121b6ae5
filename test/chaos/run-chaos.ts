/** A chaos run: traffic of known truth, faults at random moments, and in the end the reckoning. */
import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { openClickHouse } from '@hookpulse/store/open-client';
import { Random } from '@hookpulse/traffic/random';
import type { Cluster, ClusterOptions } from '../support/cluster.ts';
import { HookpulseClient } from '../support/hookpulse-client.ts';
import { type AlertAudit, auditAlerts } from './alert-audit.ts';
import { type Audit, audit } from './audit.ts';
import { secondsSince } from './chaos-program.ts';
import { clusterFaults } from './cluster-faults.ts';
import { type DriverFigures, drive } from './driver.ts';
import type { Tally } from './faults.ts';
import { type ForeignFigures, startForeignTraffic } from './foreign-traffic.ts';
import { countUpdates, uncommitted } from './log-state.ts';
import { registerBots } from './register-bots.ts';
import { Workload } from './workload.ts';

export interface ChaosOptions {
  /** Events to be counted in the end. */
  readonly events: number;
  /** How often something is ended with `kill -9`; about as many milder faults come on top. */
  readonly kills: number;
  readonly seed: number;
}

export interface ChaosReport {
  readonly options: ChaosOptions;
  readonly audit: Audit;
  readonly alerts: AlertAudit;
  readonly driver: DriverFigures;
  readonly kills: Tally;
  readonly otherFaults: Tally;
  /** Records of other programs on the same topics. */
  readonly foreign: ForeignFigures;
  /** Last words of services that ended although nobody killed them. */
  readonly crashes: readonly string[];
  /** From the first request to the last acknowledgement, and from there until all was counted. */
  readonly trafficSeconds: number;
  readonly catchUpSeconds: number;
}

export interface ChaosObserver {
  onPhase(what: string): void;
  onAcknowledged(events: number): void;
}

/** Just below the share of errors in the traffic, so that about half of the bots cross the line. */
const ERROR_RATE_THRESHOLD = 0.14;
/** What the services are started with. */
export const CHAOS_CLUSTER: ClusterOptions = {
  alerters: 2,
  hasMailServer: true,
  env: { WEBHOOK_ERROR_RATE_THRESHOLD: `${ERROR_RATE_THRESHOLD}` },
};

const BOTS = 200;
const CONCURRENCY = 48;
/** Of the traffic: the last kill is a while before the end, so that it hits a system at work. */
const KILLED_SHARE = 0.97;
const POLL_INTERVAL_MS = 50;
/** A broker, services and consumer groups come back in seconds; a catch-up may take longer. */
const RECOVERY_TIMEOUT_MS = 300_000;

/** Nothing is lost, counted twice or off, and nothing fell over by itself. */
export function isClean({ audit, alerts, crashes, driver }: ChaosReport): boolean {
  const { lost, doubled, windowsOff } = audit;
  const off = windowsOff + alerts.off;
  return lost + doubled + off + crashes.length + driver.unexpectedAnswers.size === 0;
}

/** @param system - started with `CHAOS_CLUSTER` for this alone; the caller closes it */
export async function runChaos(
  system: Cluster,
  options: ChaosOptions,
  observer: ChaosObserver,
): Promise<ChaosReport> {
  const { events, kills, seed } = options;
  const sinceMs = Date.now();
  const workload = new Workload({ seed, events, bots: BOTS, nowMs: sinceMs });
  const client = new HookpulseClient(
    {
      ingest: system.ingestUrls[0] ?? '',
      queryApi: system.queryApi.url,
    },
    system.adminToken,
  );
  const bots = await registerBots(client, workload.botIds);

  observer.onPhase('traffic and faults');
  const startedMs = performance.now();
  let acknowledged = 0;
  const driving = drive(workload.requests(), {
    ingestUrls: system.ingestUrls,
    bots,
    adminToken: system.adminToken,
    concurrency: CONCURRENCY,
    onAcknowledged(count) {
      acknowledged += count;
      observer.onAcknowledged(count);
    },
  });
  // The faults have a seed of their own: how many requests there are must not move them.
  const faults = clusterFaults(system, new Random(seed + 1));
  const pacing = new Random(seed + 2);
  const foreignTraffic = startForeignTraffic(
    system.direct.kafkaBroker,
    workload.botIds,
    new Random(seed + 3),
  );
  for (let kill = 0; kill < kills; kill += 1) {
    const share = ((kill + pacing.integer(1, 1_000) / 1_000) / kills) * KILLED_SHARE;
    while (acknowledged < share * events) {
      supervise(system);
      await delay(POLL_INTERVAL_MS);
    }
    await faults.kill();
    if (pacing.chance(0.5)) faults.disturb();
  }
  const driver = await driving;
  const trafficSeconds = secondsSince(startedMs);

  observer.onPhase('everything is mended; waiting until all is counted');
  const mendedMs = performance.now();
  await faults.settled();
  const foreign = await foreignTraffic.stop();
  supervise(system);
  await Promise.all(system.services.map((service) => service.ready(RECOVERY_TIMEOUT_MS)));
  const logger = silentLogger;
  const log = await openEventLog(
    {
      kafka: { brokers: [system.direct.kafkaBroker], ssl: false, sasl: null },
      dataDir: '',
      retentionDays: 1,
      clientId: 'chaos',
    },
    logger,
  );
  const store = await openClickHouse({ url: system.direct.clickhouseUrl, dataDir: '' });
  try {
    await allCounted(log);
    const catchUpSeconds = secondsSince(mendedMs);
    observer.onPhase('reckoning');
    const counting = async () => {
      const updatesPassedOn = await countUpdates(log);
      return audit(workload.truth, { store, client, updatesPassedOn });
    };
    const alerting = auditAlerts({
      log,
      store,
      errorRateThreshold: ERROR_RATE_THRESHOLD,
      sinceMs,
    });
    const [counted, alerts] = await Promise.all([counting(), alerting]);
    return {
      options,
      audit: counted,
      alerts,
      driver,
      kills: faults.kills,
      otherFaults: faults.others,
      foreign,
      crashes: system.services.flatMap((service) => service.crashes),
      trafficSeconds,
      catchUpSeconds,
    };
  } finally {
    await store.close();
    await log.close();
  }
}

function supervise(system: Cluster): void {
  for (const service of system.services) service.startIfCrashed();
}

/** A commit follows the storing, so what is committed is stored. */
async function allCounted(log: EventLog): Promise<void> {
  await until(
    'the aggregators to catch up',
    async () => (await uncommitted(log, AGGREGATOR_GROUP)) === 0n,
    RECOVERY_TIMEOUT_MS,
  );
}
