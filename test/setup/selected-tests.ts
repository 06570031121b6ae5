/** Which test files a Jest run has selected, as far as its global setup can know. */
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is used of Jest's global configuration. */
export interface TestSelection {
  readonly rootDir: string;
  readonly findRelatedTests: boolean;
  readonly onlyChanged: boolean;
  readonly testPathPatterns: {
    toExecutor(options: { rootDir: string }): { isMatch(path: string): boolean };
  };
}

const TEST_FILES = '{packages,services,test,scripts}/**/*.test.ts';

/** Whether the run has a test file that contains one of these words. In doubt it has. */
export async function isSelectedTestNaming(
  words: readonly string[],
  selection: TestSelection,
): Promise<boolean> {
  if (selection.findRelatedTests || selection.onlyChanged) return true;
  const { rootDir } = selection;
  const selected = selection.testPathPatterns.toExecutor({ rootDir });
  const exclude = (path: string) => path.endsWith('node_modules');
  for await (const file of glob(TEST_FILES, { cwd: rootDir, exclude })) {
    const path = join(rootDir, file);
    if (!selected.isMatch(path)) continue;
    const text = await readFile(path, 'utf8');
    if (words.some((word) => text.includes(word))) return true;
  }
  return false;
}
