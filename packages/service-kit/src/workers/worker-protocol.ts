/** Messages between the supervisor and its workers, over the channel of `node:cluster`. */
import type { MetricsPart } from '../metrics/metrics-page.ts';

/** Of a worker's environment: its number, and whether it leads (`WorkerStart`). */
export const NUMBER_VARIABLE = 'HOOKPULSE_WORKER';
export const LEADS_VARIABLE = 'HOOKPULSE_WORKER_LEADS';

export type FromWorker =
  | { readonly kind: 'ready' }
  /** What this process shows now: when asked for, and as its last word. */
  | { readonly kind: 'part'; readonly part: MetricsPart }
  | { readonly kind: 'page wanted'; readonly id: number };

export type FromSupervisor =
  | { readonly kind: 'part wanted' }
  | { readonly kind: 'page'; readonly id: number; readonly text: string };
