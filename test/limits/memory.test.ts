/** Services within the memory limits of docker-compose.yml, under load and catching up after an absence. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXACT, type ReckonedCluster, startReckonedCluster } from '../chaos/reckoned-cluster.ts';
import { composeService } from '../deployment/compose.ts';
import { describeUnless, describeWithLocalKafka } from '../setup/requirements.ts';
import type { ServiceName } from '../support/service-process.ts';
import { createMemoryGroup, type MemoryGroup, whyNoMemoryGroup } from './memory-group.ts';

const BOTS = 20;
/** More than the machine manages, so that queues are as full as they get. */
const REQUESTS_PER_SECOND = 5_000;
const REQUESTS_WITH_ALL = 5_000;
const REQUESTS_WITHOUT_AGGREGATOR = 5_000;
const TIMEOUT_MS = 600_000;
const GIB = 1024 ** 3;
/** Less than any service takes. */
const LEAST_BYTES = 32 * 1024 ** 2;

describeUnless(
  whyNoMemoryGroup(),
  'the memory limits of docker-compose.yml',
  () => {
    let cluster: ReckonedCluster;
    const groups = new Map<ServiceName, MemoryGroup>();

    function launcherOf(name: ServiceName): readonly string[] {
      const group = createMemoryGroup(`hookpulse-${process.pid}-${name}`, limitOf(name));
      groups.set(name, group);
      return group.launcher;
    }

    beforeAll(async () => {
      cluster = await startReckonedCluster(
        { seed: 20_260_213, bots: BOTS, nowMs: Date.now() },
        { ingests: 1, aggregators: 1, alerters: 1, hasMailServer: true, launcherOf },
      );
    }, TIMEOUT_MS);

    afterAll(async () => {
      await cluster?.close();
      for (const group of groups.values()) group.remove();
    });

    test(
      'nothing is killed for its memory, and nothing is lost',
      async () => {
        const traffic = cluster.traffic(REQUESTS_PER_SECOND);
        await traffic.acknowledged(REQUESTS_WITH_ALL);
        const { aggregators, services } = cluster.system;
        for (const aggregator of aggregators) await aggregator.stop('SIGKILL');
        await traffic.acknowledged(REQUESTS_WITHOUT_AGGREGATOR);
        for (const aggregator of aggregators) aggregator.start();
        await traffic.stop();
        expect(await cluster.reckon()).toMatchObject(EXACT);
        expect(services.flatMap(({ crashes }) => crashes)).toEqual([]);
        for (const [name, group] of groups) {
          expect({ name, kills: group.kills() }).toEqual({ name, kills: 0 });
          // It was in the group, and so was bounded.
          expect(group.peakBytes()).toBeGreaterThan(LEAST_BYTES);
        }
      },
      TIMEOUT_MS,
    );
  },
  describeWithLocalKafka,
);

function limitOf(name: ServiceName): number {
  const limit = composeService(name).mem_limit;
  const [, gigabytes] = /^(\d+)g$/.exec(limit ?? '') ?? [];
  if (gigabytes === undefined) throw new Error(`${name} has no limit in gigabytes: ${limit}`);
  return Number(gigabytes) * GIB;
}
