/**
 * JSON without halves of characters, such as names that were cut within an emoji: strict readers refuse
 * them, and what is refused is not sent again.
 */
export function wellFormedJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'string' ? part.toWellFormed() : part,
  );
}
