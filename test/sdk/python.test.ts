/** The Python package's own tests, on each Python that is here: from 3.9, the oldest that it supports. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { describeUnless } from '../setup/requirements.ts';
import { PYTHON_PATH } from './support/python-bots.ts';

const TESTS = join(import.meta.dirname, '../../packages/sdk-python/tests');
const NAMES = ['python3', 'python3.9'];
const pythons = NAMES.filter((name) => {
  const script = 'import sys; sys.exit(sys.version_info < (3, 9))';
  return spawnSync(name, ['-c', script]).status === 0;
});

const reason = pythons.length > 0 ? null : 'there is no Python 3.9 or later';

describeUnless(reason, 'the Python package', () => {
  test.each(reason === null ? pythons : NAMES)('its tests pass on %s', (python) => {
    const options = ['-B', '-m', 'unittest', 'discover', '-s', TESTS];
    const env = { ...process.env, PYTHONPATH: PYTHON_PATH };
    const { status, stderr } = spawnSync(python, options, { encoding: 'utf8', env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringMatching(/\nOK\n$/) });
  });
});
