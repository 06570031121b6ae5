/** Which of the known names somebody meant who wrote one that is not known. */
import leven from 'leven';

/** Share of letters that may differ; beyond half of them it is another name. */
const MAX_DIFFERENCE = 0.5;
/** What `type` is from `event_type`: further than a slip of the pen, and near all the same. */
const DIFFERENCE_OF_A_PART = 0.4;
/** No name is longer; comparing takes the product of both lengths. */
const MAX_COMPARED_LENGTH = 64;

/**
 * The nearest of the known names; null when none is near. Case and separators do not count, so
 * `botId` and `bot-id` are as near to `bot_id` as can be.
 */
export function nearestName(given: string, known: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const name of known) {
    const difference = differenceOf(given, name);
    if (difference > MAX_DIFFERENCE || difference >= least) continue;
    nearest = name;
    least = difference;
  }
  return nearest;
}

/** 0: the same; 1: nothing in common. */
function differenceOf(given: string, known: string): number {
  const [a, b] = [wordsOf(given), wordsOf(known)];
  const [first, second] = [a.join(''), b.join('')];
  const length = Math.max(first.length, second.length, 1);
  const difference = leven(first, second) / length;
  return isPartOf(a, b) || isPartOf(b, a) ? Math.min(difference, DIFFERENCE_OF_A_PART) : difference;
}

/** `eventType`, `event-type` and `EVENT_TYPE` are the words `event` and `type`. */
function wordsOf(name: string): string[] {
  return name
    .slice(0, MAX_COMPARED_LENGTH)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '');
}

function isPartOf(part: readonly string[], whole: readonly string[]): boolean {
  return part.length > 0 && part.every((word) => whole.includes(word));
}
