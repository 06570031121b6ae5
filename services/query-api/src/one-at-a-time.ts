export type OneAtATime = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Runs tasks one after the other, in the order they came: what reads a bot, changes and stores it
 * must not interleave with another such change, or one of the two would be lost.
 */
export function oneAtATime(): OneAtATime {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task, task);
    last = result;
    return result;
  };
}
