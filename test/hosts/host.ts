/** One of three hosts: a broker and services, which share its network, its clock and its fate. */
import type { LocalBroker } from '../kafka-broker/local-broker.ts';
import { setClock } from '../support/movable-clock.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import type { NetworkHost } from './host-network.ts';

export interface HostParts {
  readonly name: string;
  readonly network: NetworkHost;
  readonly broker: LocalBroker;
  readonly services: readonly ServiceProcess[];
  /** Of its services; the broker keeps the machine's clock. */
  readonly clockFile: string;
  /** What the file says: ahead of the machine's clock. */
  readonly clockMs: number;
}

export class Host {
  readonly name: string;
  readonly network: NetworkHost;
  readonly broker: LocalBroker;
  readonly services: readonly ServiceProcess[];
  readonly #clockFile: string;
  #clockMs: number;
  #isUp = true;

  constructor(parts: HostParts) {
    this.name = parts.name;
    this.network = parts.network;
    this.broker = parts.broker;
    this.services = parts.services;
    this.#clockFile = parts.clockFile;
    this.#clockMs = parts.clockMs;
  }

  /** False from its loss to its return. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** How far its clock is ahead of the machine's. */
  get clockMs(): number {
    return this.#clockMs;
  }

  async setClock(aheadMs: number): Promise<void> {
    this.#clockMs = aheadMs;
    await setClock(this.#clockFile, aheadMs);
  }

  /** Everything on it ends at once, as when its power fails. */
  async lose(): Promise<void> {
    this.#isUp = false;
    await Promise.all([
      this.broker.kill(),
      ...this.services.map((service) => service.stop('SIGKILL')),
    ]);
  }

  /** Starts everything. Resolves when the broker answers. */
  async comeBack(): Promise<void> {
    this.#isUp = true;
    for (const service of this.services) service.start();
    await this.broker.restart();
  }
}
