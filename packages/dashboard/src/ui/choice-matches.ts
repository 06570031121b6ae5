/** Which of many choices are offered for what was typed. */

export interface Choice {
  readonly value: string;
  readonly title: string;
  /** Beside the title, and searched like it: an id. */
  readonly note?: string;
}

export interface Matches {
  readonly shown: readonly Choice[];
  /** How many more there are. */
  readonly leftOut: number;
}

/** More are not looked through, but typed for. */
const MAX_SHOWN = 50;

/** @param text - part of a title or a note; empty: all */
export function choiceMatches(choices: readonly Choice[], text: string): Matches {
  const wanted = text.trim().toLowerCase();
  const found = choices.filter(
    ({ title, note = '' }) =>
      title.toLowerCase().includes(wanted) || note.toLowerCase().includes(wanted),
  );
  return { shown: found.slice(0, MAX_SHOWN), leftOut: Math.max(0, found.length - MAX_SHOWN) };
}
