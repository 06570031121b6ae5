/**
 * What befalls three hosts. Services die and clocks move at any time. A broker dies, or a host is lost or
 * cut off, only when all three brokers are in sync: of three, one may be away.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import type { Random } from '@hookpulse/traffic/random';
import { Faults, type NamedWork, serviceVictim, type Tally, type Victim } from '../chaos/faults.ts';
import type { ServiceName } from '../support/service-process.ts';
import type { ThreeHosts } from './three-hosts.ts';

export interface HostFaults {
  /** Does the next one, and does not wait until it is mended. */
  next(): Promise<void>;
  /** Resolves when everything is mended. @throws what could not be mended */
  settled(): Promise<void>;
  /** How often something was ended with `kill -9`, by its name; whole hosts are among the others. */
  readonly kills: Tally;
  readonly others: Tally;
}

/** Dealt in another order each time, so that a short run has some of each. */
const TEN_FAULTS = [
  ...(['service', 'service', 'service', 'service', 'clock'] as const),
  ...(['broker', 'loss', 'loss', 'cut', 'cutBetween'] as const),
];
type Kind = (typeof TEN_FAULTS)[number];

const LONGEST_CUT_MS = 12_000;
const LONGEST_LOSS_MS = 12_000;
const SHORTEST_MS = 1_000;
/** Of a clock. So two hosts are never more than eight minutes apart. */
const FURTHEST_CLOCK_MS = 4 * MINUTE_MS;
const CLOCK_STEPS_MS = [-2, -1, 1, 2].map((minutes) => minutes * MINUTE_MS);

const SERVICE_WEIGHTS: Readonly<Record<ServiceName, number>> = {
  ingest: 4,
  aggregator: 4,
  alerter: 2,
  forwarder: 0,
  'query-api': 2,
};

/** @param tell - told of each fault, for whoever watches */
export function hostFaults(
  system: ThreeHosts,
  random: Random,
  tell: (what: string) => void,
): HostFaults {
  const ofServices = new Faults(serviceVictims(system, tell), [], random);
  const ofHosts = new Faults(brokerVictims(system, tell), [], random);
  const { clock, ...ofNetwork } = disturbances(system, random, tell);
  const whenWhole = async (fault: () => Promise<void> | void) => {
    await ofHosts.settled();
    await system.whole();
    await fault();
  };
  const run: Readonly<Record<Kind, () => Promise<void>>> = {
    service: () => ofServices.kill(),
    clock: async () => ofServices.disturb(clock),
    broker: () => whenWhole(() => ofHosts.kill()),
    loss: () => whenWhole(() => ofHosts.disturb(ofNetwork.loss)),
    cut: () => whenWhole(() => ofHosts.disturb(ofNetwork.cut)),
    cutBetween: () => whenWhole(() => ofHosts.disturb(ofNetwork.cutBetween)),
  };
  const deck: Kind[] = [];
  return {
    async next() {
      if (deck.length === 0) deck.push(...TEN_FAULTS);
      const [kind] = deck.splice(random.integer(0, deck.length - 1), 1);
      if (kind !== undefined) await run[kind]();
    },
    async settled() {
      await ofServices.settled();
      await ofHosts.settled();
    },
    get kills() {
      return new Map([...ofServices.kills, ...ofHosts.kills]);
    },
    get others() {
      return new Map([...ofServices.others, ...ofHosts.others]);
    },
  };
}

function serviceVictims({ hosts }: ThreeHosts, tell: (what: string) => void): Victim[] {
  return hosts.flatMap((host) =>
    host.services.map((service) => ({
      ...serviceVictim(service, SERVICE_WEIGHTS[service.name]),
      isRunning: () => host.isUp && service.isRunning,
      async kill() {
        tell(`${service.name} on ${host.name} is killed`);
        await service.stop('SIGKILL');
      },
      async restart() {
        // A host that is lost meanwhile starts all of its services when it comes back.
        if (host.isUp) service.start();
      },
    })),
  );
}

function brokerVictims({ hosts }: ThreeHosts, tell: (what: string) => void): Victim[] {
  return hosts.map(({ name, broker }) => ({
    name: 'broker',
    weight: 1,
    // They are killed only when all of them run.
    isRunning: () => true,
    async kill() {
      tell(`the broker on ${name} is killed`);
      await broker.kill();
    },
    restart: () => broker.restart(),
  }));
}

function disturbances(
  { hosts, network }: ThreeHosts,
  random: Random,
  tell: (what: string) => void,
): Readonly<Record<'clock' | 'loss' | 'cut' | 'cutBetween', NamedWork>> {
  return {
    clock: {
      name: 'clock moved',
      async run() {
        const host = random.pick(hosts);
        const clocksMs = CLOCK_STEPS_MS.map((stepMs) => host.clockMs + stepMs);
        const clockMs = random.pick(clocksMs.filter((ms) => Math.abs(ms) <= FURTHEST_CLOCK_MS));
        tell(`the clock of ${host.name} is set to ${clockMs / MINUTE_MS} min ahead`);
        await host.setClock(clockMs);
      },
    },
    loss: {
      name: 'host lost',
      async run() {
        const host = random.pick(hosts);
        const absenceMs = random.integer(SHORTEST_MS, LONGEST_LOSS_MS);
        tell(`${host.name} is lost for ${absenceMs} ms`);
        await host.lose();
        await delay(absenceMs);
        await host.comeBack();
      },
    },
    cut: {
      name: 'host cut off',
      async run() {
        const host = random.pick(hosts);
        const cutMs = random.integer(SHORTEST_MS, LONGEST_CUT_MS);
        tell(`${host.name} is cut off for ${cutMs} ms`);
        await host.network.cut();
        await delay(cutMs);
        await host.network.heal();
      },
    },
    cutBetween: {
      name: 'two hosts cut from each other',
      async run() {
        const one = random.pick(hosts);
        const other = random.pick(hosts.filter((host) => host !== one));
        const cutMs = random.integer(SHORTEST_MS, LONGEST_CUT_MS);
        tell(`${one.name} and ${other.name} are cut from each other for ${cutMs} ms`);
        await network.cutBetween(one.network, other.network);
        await delay(cutMs);
        await network.healBetween(one.network, other.network);
      },
    },
  };
}
