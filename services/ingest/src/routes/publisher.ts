import type { EventLog } from '@hookpulse/event-log/event-log';

/** Where handlers put messages: resolves once the log has acknowledged all of them. */
export type Publisher = Pick<EventLog, 'publish'>;
