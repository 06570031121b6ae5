/** Creates a value when it is first needed: a formatter takes a browser milliseconds, and a page needs few of them. */
export function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
