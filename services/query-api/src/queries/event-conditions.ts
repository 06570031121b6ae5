/** What the filters of events are in SQL, of every table that has events. */
import type { EventFilter } from '@hookpulse/api/event-filter';

export interface EventCondition {
  readonly name: keyof EventFilter;
  readonly sql: string;
}

export const EVENT_CONDITIONS: readonly EventCondition[] = [
  { name: 'bot_id', sql: 'bot_id = {bot_id:String}' },
  { name: 'event_type', sql: 'event_type = {event_type:String}' },
  { name: 'status', sql: 'status = {status:String}' },
  { name: 'error_type', sql: 'error_type = {error_type:String}' },
  { name: 'update_id', sql: 'update_id = {update_id:Int64}' },
  { name: 'update_type', sql: 'update_type = {update_type:String}' },
  { name: 'error_fingerprint', sql: 'error_fingerprint = {error_fingerprint:String}' },
];
export const VISIBLE_BOTS = 'bot_id IN {bots:Array(String)}';
