import { expect, test } from '@jest/globals';
import { assertEnoughFiles, TooFewFilesError } from './open-files.ts';

test.each([
  ['embedded engines', true, 1_024],
  ['a service', false, 256],
])('the limit of open files is enough for %s from %s on', (_what, hasEmbeddedEngines, needed) => {
  expect(() => assertEnoughFiles({ hasEmbeddedEngines }, needed)).not.toThrow();
  expect(() => assertEnoughFiles({ hasEmbeddedEngines }, null)).not.toThrow();
  expect(() => assertEnoughFiles({ hasEmbeddedEngines }, needed - 1)).toThrow(TooFewFilesError);
});
