/** The load of `bench/capacity.ts`, which most costs come from: small updates, one report each, one replica. */
import type { Demand } from './size.ts';

export const CAPACITY_LOAD: Omit<Demand, 'updatesPerSecond' | 'meanUpdatesPerSecond' | 'bots'> = {
  retentionDays: 7,
  logRetentionDays: 7,
  updateBytes: 100,
  reportsPerUpdate: 1,
  forwardedShare: 0,
  replicas: 1,
  busyShare: 0.6,
  largestBot: null,
};
