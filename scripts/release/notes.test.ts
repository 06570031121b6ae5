/** CHANGELOG.md as a release needs it. */
import { expect, test } from '@jest/globals';
import { changelogProblems, notesOf } from './notes.ts';

const GOOD = `# Changelog

## [Unreleased]

## [0.2.0] - 2026-11-29

### Added
- Forwarding.

### Fixed
- A leak.

## [0.1.0] - 2026-11-29

### Added
- Everything.
`;

test('a section is found by its version, with or without brackets', () => {
  expect(notesOf('0.1.0', GOOD)).toBe('### Added\n- Everything.');
  expect(notesOf('0.1.0', GOOD.replace('[0.1.0]', '0.1.0'))).toBe('### Added\n- Everything.');
  expect(notesOf('0.3.0', GOOD)).toBeNull();
});

test('a released changelog has nothing against it', () => {
  expect(changelogProblems('0.2.0', GOOD)).toEqual([]);
});

test.each([
  ['of another version', GOOD.replace('[0.2.0]', '[0.3.0]'), /newest section .* “## \[0\.2\.0\]/],
  ['without a date', GOOD.replace('[0.2.0] - 2026-11-29', '[0.2.0]'), /0\.2\.0 has no date/],
  ['with an unknown kind', GOOD.replace('### Fixed', '### Mended'), /“### Mended”/],
  [
    'with a kind twice',
    GOOD.replace('### Fixed', '### Added'),
    /0\.2\.0 has a kind of change twice/,
  ],
  [
    'with unreleased changes',
    GOOD.replace('## [Unreleased]\n', '## [Unreleased]\n\n### Added\n- More.\n'),
    /under Unreleased belongs to 0\.2\.0/,
  ],
])('one %s is refused', (_what, changelog, problem) => {
  expect(changelogProblems('0.2.0', changelog)).toEqual([expect.stringMatching(problem)]);
});
