/** The Dockerfile as a list of instructions. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Instruction {
  /** Upper case: `FROM`, `COPY`, … */
  readonly name: string;
  /** `--from=packages` and the like. */
  readonly flags: readonly string[];
  readonly words: readonly string[];
}

const PATH = join(import.meta.dirname, '..', '..', 'Dockerfile');

/** In the order of the file; comments are left out. */
export function readDockerfile(): Instruction[] {
  const lines = readFileSync(PATH, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', ...rest] = line.trim().split(/\s+/);
      const firstWord = rest.findIndex((word) => !word.startsWith('--'));
      const flagCount = name === 'COPY' && firstWord > 0 ? firstWord : 0;
      return { name, flags: rest.slice(0, flagCount), words: rest.slice(flagCount) };
    });
}
