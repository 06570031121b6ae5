/** The Python package's own tests, on each Python that is here: from 3.9, the oldest that it supports. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PYTHON_PATH } from './support/python-bots.ts';

const TESTS = join(import.meta.dirname, '../../packages/sdk-python/tests');
const NAMES = ['python3', 'python3.9'];
const pythons = NAMES.filter((name) => {
  const script = 'import sys; sys.exit(sys.version_info < (3, 9))';
  return spawnSync(name, ['-c', script]).status === 0;
});

if (pythons.length === 0) {
  test.skip('the Python package (skipped: there is no Python 3.9 or later)', () => undefined);
} else {
  test.each(pythons)('the tests of the Python package pass on %s', (python) => {
    const { status, stderr } = spawnSync(
      python,
      ['-B', '-m', 'unittest', 'discover', '-s', TESTS],
      {
        encoding: 'utf8',
        env: { ...process.env, PYTHONPATH: PYTHON_PATH },
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/\nOK\n$/) });
  });
}
