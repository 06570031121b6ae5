/** Chaos on three hosts: traffic of known truth, hosts that are lost and cut off, and the reckoning. */
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { HOUR_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { Random } from '@hookpulse/traffic/random';
import type { Audit } from '../chaos/audit.ts';
import { secondsSince } from '../chaos/chaos-program.ts';
import type { DriverFigures } from '../chaos/driver.ts';
import type { Tally } from '../chaos/faults.ts';
import { openReckonedTraffic } from '../chaos/reckoned-traffic.ts';
import { hostFaults } from './host-faults.ts';
import type { ThreeHosts } from './three-hosts.ts';

export interface HostChaosOptions {
  readonly faults: number;
  /** Requests a second. */
  readonly rate: number;
  readonly seed: number;
}

export interface HostChaosReport {
  readonly options: HostChaosOptions;
  readonly audit: Audit;
  readonly driver: DriverFigures;
  readonly kills: Tally;
  readonly otherFaults: Tally;
  /** Mails of alerts; the traffic gives reason for none. */
  readonly falseAlerts: number;
  /** Last words of services that ended although nobody killed them. */
  readonly crashes: readonly string[];
  /** From the first request to the last acknowledgement, and from there until all was counted. */
  readonly trafficSeconds: number;
  readonly catchUpSeconds: number;
  /** Longest time without an acknowledgement. */
  readonly longestSilenceSeconds: number;
  /** Of the machine over the last 15 minutes, at the end. */
  readonly loadAverage: number;
}

export interface HostChaosObserver {
  onPhase(what: string): void;
  /** Told when requests are acknowledged again. */
  onSilenceEnd(seconds: number): void;
  /** @param number - from 1 */
  onFault(number: number, what: string): void;
}

/** What the services are started with. */
export const HOST_CHAOS_ENV = {
  // Well above what the traffic has.
  WEBHOOK_ERROR_RATE_THRESHOLD: '0.5',
};

/** Few: slices of an ingest whose clock is slow are looked up in the store, again for each partition. */
const BOTS = 8;
/** Updates, with a report now and then. */
const DELIVERED_SHARE = 0.9;
/** A host that is cut off keeps a third of the requests until they time out. */
const CONCURRENCY = 240;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 6_000;
/** Longer than Kafka needs for another leader. */
const TOLD_SILENCE_SECONDS = 8;
const SUPERVISE_EVERY_MS = 250;
/** In the end of all hosts, so that all that was counted lies in the past of whoever answers. */
const LATEST_CLOCK_MS = 5 * MINUTE_MS;
const CATCH_UP_MS = 600_000;

/** Nothing is lost, counted twice or off, nobody is alarmed, and nothing fell over by itself. */
export function isClean({ audit, falseAlerts, crashes, driver }: HostChaosReport): boolean {
  const { lost, doubled, windowsOff } = audit;
  const off = windowsOff + falseAlerts;
  return lost + doubled + off + crashes.length + driver.unexpectedAnswers.size === 0;
}

/** @param system - started with `HOST_CHAOS_ENV` for this alone; the caller closes it */
export async function runHostChaos(
  system: ThreeHosts,
  options: HostChaosOptions,
  observer: HostChaosObserver,
): Promise<HostChaosReport> {
  const reckoned = await openReckonedTraffic(
    {
      seed: options.seed,
      bots: BOTS,
      deliveredShare: DELIVERED_SHARE,
      // Nothing is dated later than the earliest clock.
      nowMs: Date.now() - 2 * HOUR_MS,
      // A repetition more than ten minutes later, by the clocks, is an event of its own.
      repeatedShare: 0,
    },
    system,
    CATCH_UP_MS,
  );
  const supervising = setInterval(() => system.supervise(), SUPERVISE_EVERY_MS);
  try {
    observer.onPhase('traffic and faults');
    const startedMs = performance.now();
    let lastMs = startedMs;
    let longestSilence = 0;
    const traffic = reckoned.traffic({
      perSecond: options.rate,
      concurrency: CONCURRENCY,
      onAcknowledged() {
        const seconds = secondsSince(lastMs);
        lastMs = performance.now();
        longestSilence = Math.max(longestSilence, seconds);
        if (seconds >= TOLD_SILENCE_SECONDS) observer.onSilenceEnd(seconds);
      },
    });
    // The faults have a seed of their own: how many requests there are must not move them.
    const random = new Random(options.seed + 1);
    const pacing = new Random(options.seed + 2);
    let number = 0;
    const faults = hostFaults(system, random, (what) => observer.onFault(number, what));
    while (number < options.faults) {
      await delay(pacing.integer(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS));
      number += 1;
      await faults.next();
    }
    await faults.settled();
    const driver = await traffic.stop();
    const trafficSeconds = secondsSince(startedMs);

    observer.onPhase('everything is mended; waiting until all is counted');
    const mendedMs = performance.now();
    await Promise.all(system.hosts.map((host) => host.setClock(LATEST_CLOCK_MS)));
    await system.whole();
    await system.ready();
    const audit = await reckoned.reckon();
    return {
      options,
      audit,
      driver,
      kills: faults.kills,
      otherFaults: faults.others,
      falseAlerts: await system.mails(),
      crashes: system.services.flatMap((service) => service.crashes),
      trafficSeconds,
      catchUpSeconds: secondsSince(mendedMs),
      longestSilenceSeconds: longestSilence,
      loadAverage: Math.round((loadavg()[2] ?? 0) * 10) / 10,
    };
  } finally {
    clearInterval(supervising);
    await reckoned.close();
  }
}
