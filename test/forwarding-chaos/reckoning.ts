/** What became of every update: the log's own order against what each bot has taken, and when. */

/** An update on the log. */
export interface LoggedUpdate {
  readonly updateId: number;
  /** Whose updates must stay in order. */
  readonly chat: number;
}

/** An update that a bot has answered by 2xx. */
export interface TakenUpdate {
  readonly updateId: number;
  readonly atMs: number;
}

export interface BotRecord {
  readonly botId: string;
  /** In the log's order; an update that a producer had to write again is there twice. */
  readonly logged: readonly LoggedUpdate[];
  /** In the order of the answers. */
  readonly taken: readonly TakenUpdate[];
}

export interface Reckoning {
  readonly logged: number;
  /** On the log more than once: each may be forwarded as often. */
  readonly loggedAgain: number;
  readonly lost: number;
  /** Handed over before an older one of its chat had its first success. */
  readonly outOfOrder: number;
  /** Handed over more often than they are on the log. */
  readonly repeats: number;
  /** Of these, more than could have been in flight when a partition changed its owner. */
  readonly unexplainedRepeats: number;
  /** One line for each thing that is wrong, the first ones. */
  readonly differences: readonly string[];
}

const MAX_DIFFERENCES = 20;
/**
 * What was taken this long before a partition got another owner may not have been noted yet. And the owner
 * before may go on for as long, until it notices that its session is over.
 */
const UNNOTED_MS = 15_000;

/**
 * @param handoversMs - when partitions got another owner; each may cost a bot what was in flight. Null: that
 *   is not known, so repeats are counted and not judged.
 * @param maxInFlight - of one bot
 */
export function reckon(
  bots: readonly BotRecord[],
  handoversMs: readonly number[] | null,
  maxInFlight: number,
): Reckoning {
  const sums = { logged: 0, loggedAgain: 0, lost: 0, outOfOrder: 0, repeats: 0, unexplained: 0 };
  const differences: string[] = [];
  for (const { botId, logged, taken } of bots) {
    const copies = new Map<number, number>();
    for (const { updateId } of logged) copies.set(updateId, (copies.get(updateId) ?? 0) + 1);
    sums.logged += copies.size;
    sums.loggedAgain += logged.length - copies.size;

    const firsts = new Set(taken.map(({ updateId }) => updateId));
    const lost = [...copies.keys()].filter((updateId) => !firsts.has(updateId));
    sums.lost += lost.length;
    if (lost.length > 0) differences.push(`${botId}: lost ${lost.slice(0, 5).join(', ')}`);

    const misplaced = misplacedIn(logged, [...firsts]);
    sums.outOfOrder += misplaced.length;
    if (misplaced.length > 0) {
      differences.push(`${botId}: out of order ${misplaced.slice(0, 5).join(', ')}`);
    }

    const repeats = repeatsIn(taken, copies);
    sums.repeats += repeats.length;
    const unexplained = handoversMs ? unexplainedIn(repeats, handoversMs, maxInFlight) : [];
    sums.unexplained += unexplained.length;
    if (unexplained.length > 0) {
      const [first] = unexplained;
      differences.push(
        `${botId}: ${unexplained.length} repeats too many, first ${first?.updateId}`,
      );
    }
  }
  const { unexplained: unexplainedRepeats, ...rest } = sums;
  return { ...rest, unexplainedRepeats, differences: differences.slice(0, MAX_DIFFERENCES) };
}

/** Updates whose first success came before that of an older one of their chat. */
function misplacedIn(logged: readonly LoggedUpdate[], firsts: readonly number[]): number[] {
  const places = new Map<number, number>();
  const chats = new Map<number, number>();
  for (const [place, { updateId, chat }] of logged.entries()) {
    if (!places.has(updateId)) places.set(updateId, place);
    chats.set(updateId, chat);
  }
  const latest = new Map<number, number>();
  return firsts.filter((updateId) => {
    const place = places.get(updateId);
    const chat = chats.get(updateId);
    if (place === undefined || chat === undefined) return false;
    const isLate = place < (latest.get(chat) ?? -1);
    latest.set(chat, Math.max(place, latest.get(chat) ?? -1));
    return isLate;
  });
}

interface Repeat {
  readonly updateId: number;
  /** When it was taken the time before. */
  readonly beforeMs: number;
}

function repeatsIn(
  taken: readonly TakenUpdate[],
  copies: ReadonlyMap<number, number>,
): readonly Repeat[] {
  const earlier = new Map<number, number[]>();
  return taken.flatMap(({ updateId, atMs }) => {
    const timesMs = earlier.get(updateId) ?? [];
    earlier.set(updateId, [...timesMs, atMs]);
    const beforeMs = timesMs.at(-1);
    if (beforeMs === undefined || timesMs.length < (copies.get(updateId) ?? 0)) return [];
    return [{ updateId, beforeMs }];
  });
}

/** Each repeat uses up one place of a handover near the time when it was taken before. */
function unexplainedIn(
  repeats: readonly Repeat[],
  handoversMs: readonly number[],
  maxInFlight: number,
): readonly Repeat[] {
  const places = handoversMs.map((atMs) => ({ atMs, free: maxInFlight }));
  return repeats.filter(({ beforeMs }) => {
    const place = places.find(
      ({ atMs, free }) => free > 0 && Math.abs(atMs - beforeMs) <= UNNOTED_MS,
    );
    if (place) place.free -= 1;
    return !place;
  });
}
