/**
 * Where an image comes from: an in-toto statement with SLSA provenance (https://slsa.dev/spec/v1.0/provenance).
 * Without a registry there is no manifest to name and nobody to sign for it: it says what was built from what,
 * on the word of the person who ran it (SLSA Build L1).
 */

/** SHA-256 in hex. */
export interface DigestedFile {
  readonly path: string;
  readonly sha256: string;
}

export interface BuiltImage {
  /** Name and tag. */
  readonly name: string;
  /** SHA-256 of its configuration, in hex. */
  readonly id: string;
  /** Stage of the Dockerfile; null: the last one. */
  readonly target: string | null;
}

export interface BuildFacts {
  readonly images: readonly BuiltImage[];
  /** 40 hex digits. */
  readonly commit: string;
  readonly base: { readonly name: string; readonly id: string };
  /** What decides which packages are installed and how the image is built. */
  readonly inputs: readonly DigestedFile[];
  readonly lists: readonly DigestedFile[];
  /** Version of Docker. */
  readonly builderVersion: string;
  /** ISO 8601. */
  readonly startedOn: string;
  readonly finishedOn: string;
}

const BUILD_TYPE =
  'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md';
const BUILDER = 'urn:hookpulse:builder:release-check';

export function provenance(facts: BuildFacts) {
  const { images, commit, base, inputs, lists } = facts;
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: images.map(({ name, id }) => ({ name, digest: { sha256: id } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          configSource: { digest: { gitCommit: commit }, path: 'Dockerfile' },
          request: {
            frontend: 'dockerfile.v0',
            targets: images.map(({ name, target }) => ({ name, target })),
          },
        },
        resolvedDependencies: [
          { name: 'source', digest: { gitCommit: commit } },
          { name: base.name, digest: { sha256: base.id } },
          ...inputs.map(toDescriptor),
        ],
      },
      runDetails: {
        builder: { id: BUILDER, version: { docker: facts.builderVersion } },
        metadata: { startedOn: facts.startedOn, finishedOn: facts.finishedOn },
        byproducts: lists.map(toDescriptor),
      },
    },
  };
}

function toDescriptor({ path, sha256 }: DigestedFile) {
  return { name: path, digest: { sha256 } };
}
