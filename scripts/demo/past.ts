/**
 * What the fleet has done before the demo began: the events of every minute, the same whenever they are
 * asked for, since they follow from the bot and the minute.
 */

import { hash } from 'node:crypto';
import { newEventId, receivedEventId } from '@hookpulse/common/events/event-identity';
import { INVALID_SIGNATURE } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { type ReportedEvent, workEvents } from '@hookpulse/traffic/bot-work';
import { Random } from '@hookpulse/traffic/random';
import { UPDATE_KINDS } from '@hookpulse/traffic/update-kinds';
import { type Character, moodAt } from './character.ts';

/** An address that Telegram calls from, and one of a stranger that does not know the secret. */
const TELEGRAM_ADDRESS = '149.154.167.';
const FORGER_ADDRESS = '203.0.113.66';
/** Ids have room for so many updates a minute. */
const IDS_A_MINUTE = 1_000;
/** Ids of all bots begin there a fortnight before the demo: as long as Telegram's are. */
const FIRST_ID = 700_000_000;
const FORTNIGHT_MINUTES = 14 * 24 * 60;

/** The first id of an update in a minute; later minutes have higher ones. */
export function firstUpdateId(minuteMs: number, startMs: number): number {
  const minutes = Math.floor((minuteMs - startMs) / MINUTE_MS) + FORTNIGHT_MINUTES;
  return FIRST_ID + minutes * IDS_A_MINUTE;
}

/**
 * The events of one bot that began in a minute, in order of time.
 * @param startMs - of the demo: no event is later
 */
export function eventsOfMinute(
  character: Character,
  minuteMs: number,
  startMs: number,
): ReportedEvent[] {
  const firstId = firstUpdateId(minuteMs, startMs);
  const random = new Random(seedOf(`${character.botId} ${firstId}`));
  const mood = moodAt(character, minuteMs, startMs);
  // A report that comes late shows that a bot is alive, whatever its timestamp: the past of a bot that
  // is silent now has none, or its alert would end a minute after the start.
  const isSilentNow = moodAt(character, startMs, startMs).updatesPerHour === 0;
  const deliveries = [...timesIn(minuteMs, random, random.poisson(mood.updatesPerHour / 60))].map(
    (timeMs, n) => delivery(timeMs, firstId + n),
  );
  const forgeries = timesIn(minuteMs, random, random.poisson(mood.forgeriesPerHour / 60));
  return [...deliveries.flat(), ...forgeries.map((timeMs) => forgery(timeMs, firstId))].sort(
    (a, b) => ((a.timestamp ?? '') < (b.timestamp ?? '') ? -1 : 1),
  );

  function delivery(timeMs: number, update_id: number): ReportedEvent[] {
    const { botId: bot_id } = character;
    const update = { bot_id, update_id, update_type: random.weighted(UPDATE_KINDS).name };
    const { work: working } = moodAt(character, minuteMs, startMs, update.update_type);
    const work = workEvents(random, working, update);
    let doneMs = timeMs;
    const reports = work.map((event): ReportedEvent => {
      doneMs += (event.processing_time_ms ?? 0) + (event.response_time_ms ?? 0);
      return { ...event, event_id: newEventId(timeMs), timestamp: at(doneMs) };
    });
    const received: ReportedEvent = {
      ...update,
      event_id: receivedEventId(bot_id, update_id),
      event_type: 'received',
      timestamp: at(timeMs),
      ip_address: `${TELEGRAM_ADDRESS}${random.integer(1, 254)}`,
      telegram_signature_valid: true,
    };
    const told = isSilentNow ? reports.filter(({ event_type: type }) => !isWork(type)) : reports;
    return [received, ...told];
  }

  function forgery(timeMs: number, update_id: number): ReportedEvent {
    return {
      bot_id: character.botId,
      event_id: newEventId(timeMs),
      event_type: 'received',
      status: 'failed',
      timestamp: at(timeMs),
      update_id,
      update_type: 'message',
      error_type: INVALID_SIGNATURE,
      ip_address: FORGER_ADDRESS,
      telegram_signature_valid: false,
    };
  }

  function at(timeMs: number): string {
    return new Date(Math.min(timeMs, startMs - 1)).toISOString();
  }
}

function isWork(type: ReportedEvent['event_type']): boolean {
  return type === 'processed' || type === 'error';
}

/** Seeds that are close together would begin alike. */
function seedOf(text: string): number {
  return hash('sha256', text, 'buffer').readInt32LE();
}

/** So many moments of a minute, in order. */
function timesIn(minuteMs: number, random: Random, count: number): number[] {
  const moments = Array.from({ length: count }, () => minuteMs + random.integer(0, MINUTE_MS - 1));
  return moments.sort((a, b) => a - b);
}
