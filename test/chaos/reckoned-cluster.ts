/** A cluster under traffic of known truth, which can be reckoned more than once. */
import { type Cluster, type ClusterOptions, startCluster } from '../support/cluster.ts';
import { openReckonedTraffic, type ReckonedTraffic } from './reckoned-traffic.ts';
import type { SteadyTraffic } from './steady-traffic.ts';
import type { WorkloadOptions } from './workload.ts';

export interface ReckonedCluster extends Omit<ReckonedTraffic, 'traffic'> {
  readonly system: Cluster;
  /** Goes on from where the traffic before it stopped. @param perSecond - requests a second */
  traffic(perSecond: number): SteadyTraffic;
}

/** What an audit says when every acknowledged event was counted once. */
export const EXACT = { lost: 0, doubled: 0, windowsOff: 0, differences: [] };

/** Resolves when every service is ready and every bot of the traffic is registered. */
export async function startReckonedCluster(
  traffic: Omit<WorkloadOptions, 'events'>,
  options: ClusterOptions,
): Promise<ReckonedCluster> {
  const system = await startCluster(options);
  try {
    const reckoned = await openReckonedTraffic(traffic, {
      ingestUrls: system.ingestUrls,
      queryApiUrl: system.queryApi.url,
      adminToken: system.adminToken,
      kafkaBrokers: [system.direct.kafkaBroker],
      clickhouseUrl: system.direct.clickhouseUrl,
    });
    return {
      ...reckoned,
      system,
      traffic: (perSecond) => reckoned.traffic({ perSecond }),
      async close() {
        await reckoned.close();
        await system.close();
      },
    };
  } catch (error) {
    await system.close();
    throw error;
  }
}
