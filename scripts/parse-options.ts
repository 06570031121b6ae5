/** The options of a program: a wrong one is told in one line, and `--help` shows what there is. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

/**
 * Exits when it is asked for help (0) or does not understand (1).
 * @param usage - what `--help` prints
 */
export function parseOptions<Options extends ParseArgsOptionsConfig>(
  usage: string,
  options: Options,
) {
  try {
    const withHelp = { ...options, help: { type: 'boolean', short: 'h' } } as const;
    const { values } = parseArgs({ options: withHelp });
    if (!('help' in values)) return parseArgs({ options }).values;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(usage);
    process.exit(1);
  }
}
