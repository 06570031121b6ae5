/** Made when it is first asked for: a browser takes milliseconds for each formatter, most of which no page needs. */
export function madeOnce<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
