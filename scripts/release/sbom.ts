/** The list of what is in an image (CycloneDX 1.5): npm's packages, the system's packages, and Node. */
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

/** As far as this list is made here; npm's components have more. */
export interface Component {
  readonly type: 'library' | 'platform' | 'container' | 'application' | 'operating-system';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
}

/** What `npm sbom --sbom-format cyclonedx` writes. */
export interface NpmSbom {
  readonly specVersion: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

export interface ImageContents {
  /** Name and tag of the image, as `hookpulse:0.1.0`. */
  readonly image: string;
  /** SHA-256 of its configuration, in hex: what Docker shows as its id. */
  readonly imageId: string;
  readonly operatingSystem: { readonly id: string; readonly version: string };
  readonly osPackages: readonly Component[];
  readonly nodeVersion: string;
}

/** The list of npm's packages, with the image as its subject and the rest of the image's contents added. */
export function imageSbom(npm: NpmSbom, contents: ImageContents) {
  const { image, imageId, operatingSystem, osPackages, nodeVersion } = contents;
  const [name = image, version = 'latest'] = image.split(':');
  const application = npm.metadata.component;
  const node: Component = {
    type: 'platform',
    'bom-ref': `pkg:generic/node@${nodeVersion}`,
    name: 'node',
    version: nodeVersion,
    purl: `pkg:generic/node@${nodeVersion}`,
  };
  const system: Component = {
    type: 'operating-system',
    'bom-ref': `os:${operatingSystem.id}@${operatingSystem.version}`,
    name: operatingSystem.id,
    version: operatingSystem.version,
  };
  return {
    ...npm,
    metadata: {
      ...npm.metadata,
      component: {
        type: 'container',
        'bom-ref': `image:${image}`,
        name,
        version,
        properties: [{ name: 'hookpulse:image-id', value: `sha256:${imageId}` }],
      },
    },
    components: [application, ...npm.components, node, system, ...osPackages],
  };
}

/**
 * Checks a list against the schema of its version.
 * @returns what is wrong with it; null: nothing
 * @throws Error when its version is not one that the schemas know
 */
export async function sbomProblem(sbom: { readonly specVersion: string }): Promise<string | null> {
  const version = Object.values(Spec.Version).find((known) => known === sbom.specVersion);
  if (version === undefined) throw new Error(`CycloneDX ${sbom.specVersion} is not known`);
  const validator = new Validation.JsonStrictValidator(version);
  const problem = await validator.validate(JSON.stringify(sbom));
  return problem === null ? null : JSON.stringify(problem);
}
