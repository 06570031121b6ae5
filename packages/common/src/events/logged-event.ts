/** An event as it stands on the log. */
import type { WebhookEvent } from './webhook-event.ts';

export interface LoggedEvent {
  readonly offset: bigint;
  readonly logTimeMs: number;
  readonly event: WebhookEvent;
  readonly eventTimeMs: number;
}
