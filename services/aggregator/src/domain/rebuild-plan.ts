/**
 * Cutting a rebuild into pieces that are counted in some tens of milliseconds, or a second or two where
 * slices are kept: folding and storing go on in between.
 */
import { HOUR_MS } from '@hookpulse/common/values/durations';

/** An hour of a bot that has raw events or an hourly row, or both. */
export interface BotHour {
  readonly botId: string;
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  /** About how many raw events it has. */
  readonly events: number;
}

/** Some bots in some consecutive hours. */
export interface Piece {
  readonly botIds: readonly string[];
  /** Start of the first hour, milliseconds since the epoch. */
  readonly fromMs: number;
  /** End of the last hour. */
  readonly toMs: number;
}

export interface PieceLimits {
  readonly events: number;
  readonly hours: number;
}

/**
 * Counting 20,000 events takes some 50 ms, comparing 500 hours about 10 ms. Where slices are kept each
 * event may have one of its own: reading 7,400 of them among 1.9 million takes some 650 ms of CPU time.
 */
const DEFAULT_LIMITS: PieceLimits = { events: 20_000, hours: 500 };

/**
 * Pieces that together have all the hours. Of a bot that is too busy for one piece each hour is one;
 * an hour is never cut.
 * @param hours - of a day or less, by bot, and of each bot in order of time
 */
export function piecesOf(hours: readonly BotHour[], limits = DEFAULT_LIMITS): Piece[] {
  const pieces: Piece[] = [];
  let gathered: BotHour[] = [];
  for (const own of byBot(hours)) {
    if (isOver([...gathered, ...own], limits)) {
      if (gathered.length > 0) pieces.push(pieceOf(gathered));
      gathered = [];
    }
    if (isOver(own, limits)) pieces.push(...own.map((hour) => pieceOf([hour])));
    else gathered.push(...own);
  }
  return gathered.length > 0 ? [...pieces, pieceOf(gathered)] : pieces;
}

function byBot(hours: readonly BotHour[]): BotHour[][] {
  return [...Map.groupBy(hours, ({ botId }) => botId).values()];
}

function isOver(hours: readonly BotHour[], limits: PieceLimits): boolean {
  const events = hours.reduce((sum, hour) => sum + hour.events, 0);
  return events > limits.events || hours.length > limits.hours;
}

function pieceOf(hours: readonly BotHour[]): Piece {
  const starts = hours.map(({ startMs }) => startMs);
  return {
    botIds: [...new Set(hours.map(({ botId }) => botId))],
    fromMs: Math.min(...starts),
    toMs: Math.max(...starts) + HOUR_MS,
  };
}
