/**
 * A form that is being edited while what it edits may change: what is stored, what is typed, and where
 * both differ from what was there when the typing began.
 */

/** Values of a form by the names of its fields, as they are typed. */
export type Values = Readonly<Record<string, string>>;

export interface Edit {
  /** What is stored, as far as it is known. */
  readonly stored: Values;
  readonly typed: Values;
  /** Names of fields that were edited here and changed by someone else since. */
  readonly contested: readonly string[];
}

export function beginEdit(stored: Values): Edit {
  return { stored, typed: stored, contested: [] };
}

export function withTyped(edit: Edit, typed: Values): Edit {
  const contested = edit.contested.filter((name) => typed[name] !== edit.stored[name]);
  return { ...edit, typed, contested };
}

/** Fields that nobody has typed into follow what is stored; the others stay as they are typed. */
export function withStored(edit: Edit, stored: Values): Edit {
  const typed: Record<string, string> = { ...stored };
  const contested: string[] = [];
  for (const [name, text] of Object.entries(edit.typed)) {
    if (text === edit.stored[name]) continue;
    typed[name] = text;
    const isChanged = stored[name] !== edit.stored[name] || edit.contested.includes(name);
    if (isChanged && stored[name] !== text) contested.push(name);
  }
  return { stored, typed, contested };
}

/** What was typed into contested fields counts. */
export function withMine(edit: Edit): Edit {
  return { ...edit, contested: [] };
}

/** What is stored counts in contested fields; the others stay as they are typed. */
export function withTheirs(edit: Edit): Edit {
  const theirs = edit.contested.map((name) => [name, edit.stored[name] ?? ''] as const);
  return { ...edit, typed: { ...edit.typed, ...Object.fromEntries(theirs) }, contested: [] };
}

export function isEdited({ stored, typed }: Edit): boolean {
  return Object.entries(typed).some(([name, text]) => text !== stored[name]);
}
