/**
 * `npm run release:check`: whether this tree can be released, the notes of the release, and the files that
 * go with it: the list of its contents, and where its images come from. Run `npm test` and
 * `npm run test:deployment` as well; they take longer.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { parseOptions } from './parse-options.ts';
import { changelogProblems, notesOf } from './release/notes.ts';
import { type DigestedFile, provenance } from './release/provenance.ts';
import { buildReleaseImages, type ReleaseImages } from './release/release-images.ts';
import { imageSbom, type NpmSbom, sbomProblem } from './release/sbom.ts';
import { red } from './static-checks.ts';

const USAGE = `npm run release:check -- [options]
  --sbom <file>        where the list of contents is written (sbom.cdx.json)
  --provenance <file>  where it is written what the images were built from (provenance.json)
  --without-image      builds no image; the list then has npm's packages alone`;
const MANIFESTS = ['package.json', 'packages/*/package.json', 'services/*/package.json'];
/** What decides which packages the images have, and how they are built. */
const BUILD_INPUTS = ['Dockerfile', 'package-lock.json'];

const options = parseOptions(USAGE, {
  sbom: { type: 'string', default: 'sbom.cdx.json' },
  provenance: { type: 'string', default: 'provenance.json' },
  'without-image': { type: 'boolean', default: false },
});
const problems: string[] = [];

const changed = output('git', 'status', '--porcelain');
if (changed !== '') problems.push(`These files are not committed:\n${changed}`);

const { version } = readManifest('package.json');
for (const path of globSync(MANIFESTS)) {
  const other = readManifest(path).version;
  if (other !== version) problems.push(`${path} has the version ${other}, not ${version}.`);
}
const changelog = readFileSync('CHANGELOG.md', 'utf8');
problems.push(...changelogProblems(version, changelog));

const check = spawnSync('npm', ['run', '--silent', 'check'], { stdio: 'inherit' });
if (check.status !== 0) problems.push('npm run check failed.');

const images = options['without-image'] ? null : await imagesOrProblem();
await writeSbom(images);
if (images) writeProvenance(images);

const notes = notesOf(version, changelog);
if (notes !== null) console.log(`\nNotes of ${version}:\n\n${notes}`);
for (const problem of problems) console.error(red(problem));
process.exitCode = problems.length === 0 ? 0 : 1;

async function imagesOrProblem(): Promise<ReleaseImages | null> {
  try {
    const built = await buildReleaseImages();
    for (const { name, id } of built.facts.images) console.log(`Image: ${name} (sha256:${id})`);
    if (built.isBaseStandIn) {
      console.log(`${built.facts.base.name} could not be pulled: a stand-in was made here.`);
    }
    return built;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(`The images could not be built (--without-image leaves them out): ${reason}`);
    return null;
  }
}

async function writeSbom(built: ReleaseImages | null): Promise<void> {
  const format = ['--omit', 'dev', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const ofNpm: NpmSbom = JSON.parse(output('npm', 'sbom', ...format));
  const sbom = built ? imageSbom(ofNpm, built.contents) : ofNpm;
  const problem = await sbomProblem(sbom);
  if (problem !== null) problems.push(`The list of contents is not valid CycloneDX: ${problem}`);
  writeFileSync(options.sbom, `${JSON.stringify(sbom, null, 2)}\n`);
  const ofSystem = built ? `, ${built.contents.osPackages.length} of the operating system` : '';
  console.log(`List of contents: ${options.sbom} (${ofNpm.components.length} of npm${ofSystem})`);
}

function writeProvenance({ facts }: ReleaseImages): void {
  const statement = provenance({
    ...facts,
    commit: output('git', 'rev-parse', 'HEAD'),
    inputs: BUILD_INPUTS.map(digest),
    lists: [digest(options.sbom)],
  });
  writeFileSync(options.provenance, `${JSON.stringify(statement, null, 2)}\n`);
  console.log(`Provenance: ${options.provenance}`);
}

function digest(path: string): DigestedFile {
  return { path, sha256: createHash('sha256').update(readFileSync(path)).digest('hex') };
}

function readManifest(path: string): { version: string } {
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    return { version: String(manifest.version) };
  }
  throw new Error(`${path} has no version`);
}

function output(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 }).trim();
}
