/** What is done to a running system, and how it is undone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@hookpulse/traffic/random';
import type { Cluster } from '../support/cluster.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { isKafkaProduce, type TcpProxy } from '../support/tcp-proxy.ts';

/** Something that can be ended by `kill -9` and started again. */
interface Victim {
  readonly name: string;
  readonly weight: number;
  isRunning(): boolean;
  kill(): Promise<unknown>;
  restart(): Promise<unknown>;
}

/** Something that breaks and mends without a kill. */
interface Disturbance {
  readonly name: string;
  readonly weight: number;
  run(): Promise<unknown>;
}

/** From a kill to the next start: at once, or as late as a supervisor that backs off. */
const LONGEST_ABSENCE_MS = 2_000;
/** Longer than a consumer's session (6 s), so that its partitions have another owner meanwhile. */
const PAUSE_OF_OWNER_MS = 8_000;
const LONGEST_FREEZE_MS = 3_000;
const LONGEST_MAIL_OUTAGE_MS = 8_000;

/** How often each thing was done, by its name. */
export type Tally = ReadonlyMap<string, number>;

export class Faults {
  readonly #random: Random;
  readonly #victims: readonly Victim[];
  readonly #disturbances: readonly Disturbance[];
  readonly #kills = new Map<string, number>();
  readonly #others = new Map<string, number>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #errors: unknown[] = [];

  constructor(system: Cluster, random: Random) {
    this.#random = random;
    this.#victims = victims(system);
    this.#disturbances = disturbances(system, random);
  }

  get kills(): Tally {
    return this.#kills;
  }

  get others(): Tally {
    return this.#others;
  }

  /** Ends something that runs with SIGKILL, and starts it again a little later. */
  async kill(): Promise<void> {
    const alive = this.#victims.filter((victim) => victim.isRunning());
    if (alive.length === 0) return this.#oneToEnd();
    const victim = this.#random.weighted(alive);
    const absenceMs = this.#random.integer(0, LONGEST_ABSENCE_MS);
    count(this.#kills, victim.name);
    await victim.kill();
    this.#goOn(delay(absenceMs).then(() => victim.restart()));
  }

  /** Cuts, freezes or pauses something for a while. */
  disturb(): void {
    const disturbance = this.#random.weighted(this.#disturbances);
    count(this.#others, disturbance.name);
    this.#goOn(disturbance.run());
  }

  /** Resolves when everything that was broken is mended. @throws what could not be mended */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await this.#oneToEnd();
    if (this.#errors.length > 0) throw new AggregateError(this.#errors, 'faults were not mended');
  }

  async #oneToEnd(): Promise<void> {
    await Promise.race(this.#underWay);
  }

  #goOn(work: Promise<unknown>): void {
    const ended = work
      .catch((error: unknown) => this.#errors.push(error))
      .finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
  }
}

function victims(system: Cluster): Victim[] {
  let isBrokerUp = true;
  let isStoreUp = true;
  return [
    ...system.ingests.map((one) => serviceVictim(one, 15)),
    ...system.aggregators.map((one) => serviceVictim(one, 15)),
    ...system.alerters.map((one) => serviceVictim(one, 8)),
    serviceVictim(system.queryApi, 6),
    {
      name: 'broker',
      weight: 12,
      isRunning: () => isBrokerUp,
      async kill() {
        isBrokerUp = false;
        await system.broker.kill();
      },
      async restart() {
        await system.broker.restart();
        isBrokerUp = true;
      },
    },
    {
      name: 'clickhouse',
      weight: 12,
      isRunning: () => isStoreUp,
      async kill() {
        isStoreUp = false;
        await system.clickhouse.kill();
      },
      async restart() {
        await system.clickhouse.restart();
        isStoreUp = true;
      },
    },
  ];
}

function serviceVictim(service: ServiceProcess, weight: number): Victim {
  return {
    name: service.name,
    weight,
    isRunning: () => service.isRunning,
    kill: () => service.stop('SIGKILL'),
    restart: async () => service.start(),
  };
}

function disturbances(system: Cluster, random: Random): Disturbance[] {
  const cut = (name: string, proxy: TcpProxy): Disturbance => ({
    name: `cut ${name}`,
    weight: 10,
    run: async () => proxy.cutConnections(),
  });
  return [
    cut('kafka', system.proxies.kafka),
    cut('clickhouse', system.proxies.clickhouse),
    ...system.proxies.ingests.map((proxy) => cut('ingest', proxy)),
    {
      name: 'answers of clickhouse held back',
      weight: 10,
      async run() {
        system.proxies.clickhouse.stall('responses');
        await delay(random.integer(500, LONGEST_FREEZE_MS));
        system.proxies.clickhouse.resume();
      },
    },
    {
      name: 'acknowledgement of kafka cut off',
      weight: 10,
      run: () =>
        Promise.race([
          system.proxies.kafka.cutNextResponse(isKafkaProduce),
          delay(LONGEST_FREEZE_MS), // nothing may be produced any more
        ]),
    },
    ...mailDisturbances(system, random),
    {
      name: 'aggregator paused',
      weight: 8,
      async run() {
        const owner = random.pick(system.aggregators);
        owner.signal('SIGSTOP');
        await delay(PAUSE_OF_OWNER_MS);
        owner.signal('SIGCONT');
      },
    },
    {
      name: 'aggregator replaced',
      weight: 8,
      async run() {
        const owner = random.pick(system.aggregators);
        // One that is gone already, or paused, is left to whoever did that.
        if (!owner.isRunning) return;
        owner.signal('SIGCONT');
        await owner.stop('SIGTERM');
        owner.start();
      },
    },
  ];
}

function mailDisturbances({ mailServer }: Cluster, random: Random): Disturbance[] {
  if (mailServer === null) return [];
  return [
    {
      name: 'mail server away',
      weight: 8,
      async run() {
        await mailServer.stop();
        await delay(random.integer(500, LONGEST_MAIL_OUTAGE_MS));
        await mailServer.start();
      },
    },
  ];
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}
