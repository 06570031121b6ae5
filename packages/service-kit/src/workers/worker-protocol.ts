/** Messages between the supervisor and its workers, over the channel of `node:cluster`. */
import type { MetricsPart } from '../metrics/metrics-page.ts';

/** Of a worker's environment: its number, and whether it leads (`WorkerStart`). */
export const NUMBER_VARIABLE = 'HOOKPULSE_WORKER';
export const LEADS_VARIABLE = 'HOOKPULSE_WORKER_LEADS';

export type FromWorker =
  | { readonly kind: 'ready' }
  /** The worker that leads could do its work, and keeps the port until another one listens. */
  | { readonly kind: 'prepared' }
  /** What this process shows now: when asked for, and as its last word. */
  | { readonly kind: 'part'; readonly part: MetricsPart }
  | { readonly kind: 'page wanted'; readonly id: number };

export type FromSupervisor =
  | { readonly kind: 'part wanted' }
  /** Another worker listens. */
  | { readonly kind: 'relieved' }
  | { readonly kind: 'page'; readonly id: number; readonly text: string };
