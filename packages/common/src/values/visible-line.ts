/** One line of text that people chose: names, titles. Emoji and all scripts, with the joiners they need. */

/** Control characters, ends of lines, and marks that reorder the text beside them (Unicode UAX #9). */
const REFUSED = '\\p{Cc}\\p{Zl}\\p{Zp}\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069';
const HALF_CHARACTERS = '\\ud800-\\udfff';

/** Pattern of a line, not blank. */
export const VISIBLE_LINE = lineWithout(REFUSED + HALF_CHARACTERS);
/** The same of a line that goes through `repairedLine`. */
export const REPAIRABLE_LINE = lineWithout(REFUSED);

/** What was cut within a character, such as an emoji, gets a replacement character there. */
export function repairedLine(text: string): string {
  return text.toWellFormed().trim();
}

function lineWithout(refused: string): string {
  return `^[^${refused}]*[^\\s\\p{Cf}${refused}][^${refused}]*$`;
}
