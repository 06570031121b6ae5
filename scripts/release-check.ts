/**
 * `npm run release:check`: whether this tree can be released, the notes of the release, and the list
 * of its packages. Run `npm test` and `npm run test:deployment` as well; they take longer.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { parseOptions } from './parse-options.ts';
import { red } from './static-checks.ts';

const USAGE = `npm run release:check -- [options]
  --sbom <file>   where the list of packages is written (sbom.cdx.json)`;
const MANIFESTS = ['package.json', 'packages/*/package.json', 'services/*/package.json'];

const { sbom } = parseOptions(USAGE, { sbom: { type: 'string', default: 'sbom.cdx.json' } });
const problems: string[] = [];

const changed = output('git', 'status', '--porcelain');
if (changed !== '') problems.push(`These files are not committed:\n${changed}`);

const { version } = readManifest('package.json');
for (const path of globSync(MANIFESTS)) {
  const other = readManifest(path).version;
  if (other !== version) problems.push(`${path} has the version ${other}, not ${version}.`);
}

const notes = notesOf(version, readFileSync('CHANGELOG.md', 'utf8'));
if (notes === null) {
  problems.push(`CHANGELOG.md has no section “## ${version}” or “## [${version}] - <date>”.`);
}

writeFileSync(
  sbom,
  output(
    'npm',
    'sbom',
    '--omit',
    'dev',
    '--sbom-format',
    'cyclonedx',
    '--sbom-type',
    'application',
  ),
);
console.log(`List of packages: ${sbom}`);

const check = spawnSync('npm', ['run', '--silent', 'check'], { stdio: 'inherit' });
if (check.status !== 0) problems.push('npm run check failed.');

if (notes !== null) console.log(`\nNotes of ${version}:\n\n${notes}`);
for (const problem of problems) console.error(red(problem));
process.exitCode = problems.length === 0 ? 0 : 1;

function readManifest(path: string): { version: string } {
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return { version: String(manifest.version) };
  }
  throw new Error(`${path} has no version`);
}

/** The text of a section; null: there is none. Keep a Changelog 1.1 (https://keepachangelog.com). */
function notesOf(wanted: string, changelog: string): string | null {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^\[?([^\]\s]+)/.exec(text)?.[1] === wanted);
  return section === undefined ? null : section.slice(section.indexOf('\n')).trim();
}

function output(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trim();
}
