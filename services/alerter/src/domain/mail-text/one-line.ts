/** Makes texts that people chose, such as names of bots, safe for a line of a mail. */

/** What begins a new line somewhere, or is not to be seen at all. */
const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
/**
 * Marks that reorder the text around them (Unicode UAX #9, explicit formatting): with them a name
 * could rewrite the rest of a sentence to the eye. Letters written right to left need none.
 */
const BIDI_CONTROLS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
/** The longest name that a bot may have; the log may hold anything. */
const MAX_NAME_CHARACTERS = 100;
const NAMELESS = '(no name)';

export function oneLine(text: string): string {
  return text.toWellFormed().replace(BIDI_CONTROLS, '').replace(CONTROL_CHARACTERS, ' ').trim();
}

export function shownName(name: string): string {
  const characters = [...oneLine(name)];
  if (characters.length === 0) return NAMELESS;
  return characters.length <= MAX_NAME_CHARACTERS
    ? characters.join('')
    : `${characters.slice(0, MAX_NAME_CHARACTERS - 1).join('')}…`;
}
