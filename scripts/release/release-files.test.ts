/** What a release is shipped with: the list of its contents, and where it comes from. */
import { describe, expect, test } from '@jest/globals';
import { osPackages, readDistribution } from './os-packages.ts';
import { provenance } from './provenance.ts';
import { imageSbom, type NpmSbom, sbomProblem } from './sbom.ts';

const STATUS = `Package: libstdc++6
Status: install ok installed
Priority: optional
Architecture: amd64
Multi-Arch: same
Source: gcc-12
Version: 12.2.0-14+deb12u1
Description: GNU Standard C++ Library v3
 This package contains an additional runtime library.
 Version: not a field

Package: gone
Status: deinstall ok config-files
Architecture: all
Version: 1:2.0

Package: adduser
Status: install ok installed
Architecture: all
Version: 3.134
`;
const DEBIAN = { id: 'debian', version: '12' };
const NPM: NpmSbom & { bomFormat: string; version: number; serialNumber: string } = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
  version: 1,
  metadata: {
    component: {
      type: 'application',
      'bom-ref': 'hookpulse@0.1.0',
      name: 'hookpulse',
      version: '0.1.0',
    },
  },
  components: [
    {
      type: 'library',
      'bom-ref': 'uuid@14.0.0',
      name: 'uuid',
      version: '14.0.0',
      purl: 'pkg:npm/uuid@14.0.0',
    },
  ],
};
const CONTENTS = {
  image: 'hookpulse:0.1.0',
  imageId: 'a'.repeat(64),
  operatingSystem: DEBIAN,
  osPackages: osPackages(STATUS, DEBIAN),
  nodeVersion: '24.21.0',
};

describe('packages of the operating system', () => {
  test('are those that are installed, with a package URL each', () => {
    expect(osPackages(STATUS, DEBIAN).map(({ purl }) => purl)).toEqual([
      'pkg:deb/debian/adduser@3.134?arch=all&distro=debian-12',
      'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12',
    ]);
  });

  test('of which one has no version are refused', () => {
    expect(() => osPackages(STATUS.replace('Version: 3.134\n', ''), DEBIAN)).toThrow(
      "dpkg's status has a package without Version: adduser",
    );
  });

  test('belong to the distribution that os-release names', () => {
    expect(readDistribution('NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n')).toEqual(
      DEBIAN,
    );
    expect(() => readDistribution('ID=debian\n')).toThrow('os-release has no VERSION_ID');
  });
});

describe('the list of an image', () => {
  test('has all of them, and keeps to the schema of CycloneDX', async () => {
    const sbom = imageSbom(NPM, CONTENTS);
    expect(sbom.components.map(({ name }) => name)).toEqual([
      'hookpulse',
      'uuid',
      'node',
      'debian',
      'adduser',
      'libstdc++6',
    ]);
    expect(await sbomProblem(sbom)).toBeNull();
  });

  test('that has the same component twice is refused', async () => {
    const sbom = imageSbom(
      { ...NPM, components: [...NPM.components, ...NPM.components] },
      CONTENTS,
    );
    expect(await sbomProblem(sbom)).toMatch(/uniqueItems/);
  });
});

test('provenance names each image with what it was built from', () => {
  const sha256 = 'b'.repeat(64);
  const commit = 'c'.repeat(40);
  const statement = provenance({
    images: [{ name: 'hookpulse:0.1.0', id: CONTENTS.imageId, target: null }],
    commit,
    base: { name: 'node:24.21.0-bookworm-slim', id: sha256 },
    inputs: [{ path: 'package-lock.json', sha256 }],
    lists: [{ path: 'sbom.cdx.json', sha256 }],
    builderVersion: '28.2.2',
    startedOn: '2026-11-29T12:00:00.000Z',
    finishedOn: '2026-11-29T12:05:00.000Z',
  });
  expect(statement).toMatchObject({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'hookpulse:0.1.0', digest: { sha256: CONTENTS.imageId } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        resolvedDependencies: [
          { name: 'source', digest: { gitCommit: commit } },
          { name: 'node:24.21.0-bookworm-slim', digest: { sha256 } },
          { name: 'package-lock.json', digest: { sha256 } },
        ],
      },
    },
  });
});
