/** Kills and disturbs a running system at random, and mends it; what there is to break is given. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@hookpulse/traffic/random';
import type { ServiceProcess } from '../support/service-process.ts';

/** Something that can be ended by `kill -9` and started again. */
export interface Victim {
  readonly name: string;
  readonly weight: number;
  isRunning(): boolean;
  kill(): Promise<unknown>;
  restart(): Promise<unknown>;
}

export interface NamedWork {
  readonly name: string;
  run(): Promise<unknown>;
}

/** Something that breaks and mends without a kill. */
export interface Disturbance extends NamedWork {
  readonly weight: number;
}

/** From a kill to the next start: at once, or as late as a supervisor that backs off. */
const LONGEST_ABSENCE_MS = 2_000;

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

  constructor(victims: readonly Victim[], disturbances: readonly Disturbance[], random: Random) {
    this.#random = random;
    this.#victims = victims;
    this.#disturbances = disturbances;
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

  /** Cuts, freezes or pauses something for a while: by default any. */
  disturb(disturbance: NamedWork = this.#random.weighted(this.#disturbances)): void {
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

export function serviceVictim(service: ServiceProcess, weight: number): Victim {
  return {
    name: service.name,
    weight,
    isRunning: () => service.isRunning,
    kill: () => service.stop('SIGKILL'),
    restart: async () => service.start(),
  };
}

function count(tally: Map<string, number>, name: string): void {
  tally.set(name, (tally.get(name) ?? 0) + 1);
}
