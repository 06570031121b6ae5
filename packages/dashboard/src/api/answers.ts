/** Answers that are lists, as their routes wrap them. */

/** `{ events: […], next_cursor }` and the like; a cursor of null: no more pages. */
export type ListAnswer<Name extends string, Item> = Readonly<Record<Name, readonly Item[]>> & {
  readonly next_cursor: string | null;
};
