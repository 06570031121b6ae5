/** Tells the names of benchmarks from options and their values. Pure. */

/** Options without a value, of any benchmark. */
export const FLAGS: readonly string[] = ['--json', '--list', '--pinned', '--short'];

export interface BenchArguments {
  /** Empty: all. */
  readonly names: readonly string[];
  /** Options with their values, for each benchmark. */
  readonly options: readonly string[];
  /** Words that are neither. */
  readonly unknown: readonly string[];
}

/**
 * A word directly after an option that takes a value is that value. Any other word must be a name.
 * @param known - names of benchmarks
 */
export function parseBenchArguments(
  args: readonly string[],
  known: readonly string[],
): BenchArguments {
  const [names, options, unknown]: [string[], string[], string[]] = [[], [], []];
  args.forEach((argument, n) => {
    const isOption = argument.startsWith('-');
    if (isOption || takesValue(args[n - 1])) options.push(argument);
    else if (known.includes(argument)) names.push(argument);
    else unknown.push(argument);
  });
  return { names, options, unknown };
}

function takesValue(before: string | undefined): boolean {
  if (!before?.startsWith('--') || before.includes('=')) return false;
  return !FLAGS.includes(before);
}
