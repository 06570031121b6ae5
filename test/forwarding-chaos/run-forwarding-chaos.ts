/**
 * Forwarders are killed, leave and join under traffic of bots that fail and are slow, the broker is away for
 * a while, and in the end all positions are lost; the bots' own records are the reckoning.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { FORWARDER_GROUP, FORWARDING_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { Random } from '@hookpulse/traffic/random';
import { secondsSince } from '../chaos/chaos-program.ts';
import { type Disturbance, Faults, serviceVictim, type Tally } from '../chaos/faults.ts';
import { KafkaByHand } from '../support/kafka-by-hand.ts';
import { type ChaosBots, startChaosBots } from './chaos-bots.ts';
import type { ForwardingSystem } from './forwarding-system.ts';
import { type Reckoning, reckon } from './reckoning.ts';
import { readLogged, startUpdateTraffic } from './update-traffic.ts';
import { watchOwners } from './watch-owners.ts';

export interface ForwardingChaosOptions {
  readonly kills: number;
  /** Updates a second, over all bots. */
  readonly rate: number;
  readonly seed: number;
  /** How long the broker is away, once, in the middle of the kills. */
  readonly brokerAwayMs: number;
  /** How long it is waited for what does not come. */
  readonly recoveryMs: number;
}

export interface ForwardingChaosReport {
  readonly reckoning: Reckoning;
  /** After all positions were lost: everything is forwarded once more. */
  readonly afterLostPositions: Reckoning;
  /** Whether a forwarder has said so. */
  readonly isLossLogged: boolean;
  readonly kills: Tally;
  readonly otherFaults: Tally;
  readonly crashes: readonly string[];
  readonly trafficSeconds: number;
  readonly catchUpSeconds: number;
}

export interface ForwardingChaosObserver {
  onPhase(what: string): void;
  onKill(): void;
}

const BOTS = 40;
const MAX_CONNECTIONS = 4;
/** Of a request to a bot that hangs. */
const BOT_TIMEOUT_SECONDS = 2;
const LONGEST_BETWEEN_KILLS_MS = 3_000;
const LONGEST_LEAVE_MS = 3_000;
/** Longer than a consumer's session (6 s). */
const PAUSE_MS = 8_000;
/** Nothing was taken for this long: what is repeated has come, too. */
const QUIET_MS = 1_000;
/** A partition goes to another owner, and back with the next member. */
const HANDOVERS_A_FAULT = 2;
const LOSS_WORDS = 'there are no forwarding positions on the log';

export function isClean(report: ForwardingChaosReport): boolean {
  const wrong = [report.reckoning, report.afterLostPositions].map(
    ({ lost, outOfOrder, unexplainedRepeats }) => lost + outOfOrder + unexplainedRepeats,
  );
  return wrong.every((sum) => sum === 0) && report.isLossLogged && report.crashes.length === 0;
}

/** @param system - started for this alone; the caller closes it */
export async function runForwardingChaos(
  system: ForwardingSystem,
  options: ForwardingChaosOptions,
  observer: ForwardingChaosObserver,
): Promise<ForwardingChaosReport> {
  const bots = await startChaosBots(BOTS, new Random(options.seed));
  const run = new Run(system, bots, options, observer);
  try {
    await register(system, bots);
    return await run.run();
  } finally {
    await run.close();
    await bots.close();
  }
}

async function register({ log }: ForwardingSystem, bots: ChaosBots): Promise<void> {
  const registry = await openBotRegistry(log, silentLogger);
  for (const botId of bots.botIds) {
    const forward = {
      url: bots.urlOf(botId),
      max_connections: MAX_CONNECTIONS,
      timeout_seconds: BOT_TIMEOUT_SECONDS,
    };
    await registry.put(testBot(botId, { forward }));
  }
  await registry.close();
}

class Run {
  readonly #system: ForwardingSystem;
  readonly #bots: ChaosBots;
  readonly #options: ForwardingChaosOptions;
  readonly #observer: ForwardingChaosObserver;
  /** When partitions may have changed their owners. */
  readonly #handoversMs: number[] = [];
  #stopWatching: (() => Promise<void>) | null = null;

  constructor(
    system: ForwardingSystem,
    bots: ChaosBots,
    options: ForwardingChaosOptions,
    observer: ForwardingChaosObserver,
  ) {
    this.#system = system;
    this.#bots = bots;
    this.#options = options;
    this.#observer = observer;
  }

  async run(): Promise<ForwardingChaosReport> {
    const { log, forwarders, broker } = this.#system;
    const { kills, rate, seed, brokerAwayMs } = this.#options;
    this.#observer.onPhase('traffic and faults');
    const startedMs = performance.now();
    const traffic = startUpdateTraffic(log, this.#bots.botIds, rate);
    const random = new Random(seed + 1);
    this.#stopWatching = await watchOwners(broker.address, FORWARDER_GROUP, () => this.#handover());
    const victims = forwarders.map((one) => serviceVictim(one, 1));
    const faults = new Faults(victims, this.#disturbances(random), random);
    for (let kill = 0; kill < kills; kill += 1) {
      await delay(random.integer(0, LONGEST_BETWEEN_KILLS_MS));
      for (const one of forwarders) one.startIfCrashed();
      this.#handover();
      await faults.kill();
      this.#observer.onKill();
      if (random.chance(0.2)) faults.disturb();
      if (kill === Math.floor(kills / 2)) await this.#brokerAway(brokerAwayMs);
    }
    const sent = await traffic.stop();
    await faults.settled();
    const trafficSeconds = secondsSince(startedMs);

    this.#observer.onPhase(`everything is mended; waiting until ${sent} updates are taken`);
    const mendedMs = performance.now();
    this.#bots.mend();
    await this.#ready();
    await this.#allTaken(sent);
    const catchUpSeconds = secondsSince(mendedMs);
    await this.close();
    const reckoning = await this.#reckon(this.#handoversMs);

    this.#observer.onPhase('all positions are lost; everything is forwarded once more');
    await this.#losePositions();
    await this.#allTaken(sent);
    return {
      reckoning,
      // On a slow machine the forwarder may lose its session at a time that is not recorded.
      afterLostPositions: await this.#reckon(null),
      isLossLogged: forwarders.some((one) => one.output().includes(LOSS_WORDS)),
      kills: faults.kills,
      otherFaults: faults.others,
      crashes: forwarders.flatMap(({ crashes }) => crashes),
      trafficSeconds,
      catchUpSeconds,
    };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    await this.#stopWatching?.();
    this.#stopWatching = null;
  }

  #disturbances(random: Random): Disturbance[] {
    const { forwarders, kafka } = this.#system;
    return [
      {
        name: 'forwarder leaves and joins',
        weight: 3,
        run: async () => {
          const one = random.pick(forwarders);
          if (!one.isRunning) return;
          this.#handover();
          await one.stop('SIGTERM');
          await delay(random.integer(0, LONGEST_LEAVE_MS));
          one.start();
        },
      },
      {
        name: 'forwarder paused',
        weight: 2,
        run: async () => {
          const one = random.pick(forwarders);
          this.#handover();
          one.signal('SIGSTOP');
          await delay(PAUSE_MS);
          one.signal('SIGCONT');
        },
      },
      {
        name: 'connections to the broker cut',
        weight: 2,
        run: async () => {
          this.#handover();
          kafka.cutConnections();
        },
      },
    ];
  }

  async #brokerAway(forMs: number): Promise<void> {
    this.#observer.onPhase(`the broker is away for ${forMs / 1_000} s`);
    this.#handover();
    await this.#system.broker.kill();
    await delay(forMs);
    await this.#system.broker.restart();
    this.#handover();
    this.#observer.onPhase('the broker is back');
  }

  #handover(): void {
    for (let one = 0; one < HANDOVERS_A_FAULT; one += 1) this.#handoversMs.push(performance.now());
  }

  async #losePositions(): Promise<void> {
    const { forwarders, log, broker } = this.#system;
    await Promise.all(forwarders.map((one) => one.stop('SIGTERM')));
    const byHand = await KafkaByHand.connect([broker.address]);
    await byHand.deleteTopic(FORWARDING_TOPIC);
    await byHand.close();
    await log.ensureTopics(TOPIC_SPECS);
    this.#bots.forget();
    // One alone: each that joins later would move partitions.
    forwarders[0]?.start();
    await forwarders[0]?.ready(this.#options.recoveryMs);
  }

  async #ready(): Promise<void> {
    for (const one of this.#system.forwarders) {
      await until('the forwarder to be started again', () => {
        one.startIfCrashed();
        return one.isRunning;
      });
      await one.ready(this.#options.recoveryMs);
    }
  }

  /** The reckoning reports what is missing. */
  async #allTaken(sent: number): Promise<void> {
    const isDone = () => this.#bots.takenCount >= sent;
    await until('all updates to be taken', isDone, this.#options.recoveryMs).catch(
      (error: unknown) => this.#observer.onPhase(String(error)),
    );
    await delay(QUIET_MS);
  }

  async #reckon(handoversMs: readonly number[] | null): Promise<Reckoning> {
    const logged = await readLogged(this.#system.log);
    const records = this.#bots.botIds.map((botId) => ({
      botId,
      logged: logged.get(botId) ?? [],
      taken: this.#bots.takenBy(botId),
    }));
    return reckon(records, handoversMs, MAX_CONNECTIONS);
  }
}
