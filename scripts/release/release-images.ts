/** The two images of a release, built from this tree, and what can be learned from them. */
import { openDockerEngine } from '../../test/deployment/run/docker-engine.ts';
import { nodeBase } from '../../test/deployment/run/images/node-base.ts';
import { ensureImage } from '../../test/deployment/run/images/recipe.ts';
import {
  buildProjectImages,
  SLIM_IMAGE,
  WHOLE_IMAGE,
} from '../../test/deployment/run/project-images.ts';
import { osPackages, readDistribution } from './os-packages.ts';
import type { BuildFacts, BuiltImage } from './provenance.ts';
import type { ImageContents } from './sbom.ts';

export interface ReleaseImages {
  readonly facts: Pick<
    BuildFacts,
    'images' | 'base' | 'builderVersion' | 'startedOn' | 'finishedOn'
  >;
  /** Of the image that has everything; the other one has less. */
  readonly contents: ImageContents;
  /** Whether the base image was made here, because no registry could be reached. */
  readonly isBaseStandIn: boolean;
}

/** @throws Error with one line when there is no Docker, or with the end of its output when a build fails */
export async function buildReleaseImages(): Promise<ReleaseImages> {
  const engine = await openDockerEngine();
  const { docker } = engine;
  const idOf = async (image: string) =>
    (await docker('image', 'inspect', '-f', '{{.Id}}', image)).replace(/^sha256:/, '');
  const read = (path: string) =>
    docker('run', '--rm', '--network', 'none', '--entrypoint', 'cat', WHOLE_IMAGE, path);
  try {
    const isBaseStandIn = await ensureImage(engine, nodeBase);
    const startedOn = new Date().toISOString();
    await buildProjectImages(engine);
    const finishedOn = new Date().toISOString();
    const images: BuiltImage[] = [
      { name: WHOLE_IMAGE, id: await idOf(WHOLE_IMAGE), target: null },
      { name: SLIM_IMAGE, id: await idOf(SLIM_IMAGE), target: 'slim' },
    ];
    const operatingSystem = readDistribution(await read('/etc/os-release'));
    const nodeVersion = await docker(
      ...['run', '--rm', '--network', 'none', '--entrypoint', 'node', WHOLE_IMAGE, '-p'],
      'process.versions.node',
    );
    return {
      facts: {
        images,
        base: { name: nodeBase.tag, id: await idOf(nodeBase.tag) },
        builderVersion: await docker('version', '-f', '{{.Server.Version}}'),
        startedOn,
        finishedOn,
      },
      contents: {
        image: WHOLE_IMAGE,
        imageId: await idOf(WHOLE_IMAGE),
        operatingSystem,
        osPackages: osPackages(await read('/var/lib/dpkg/status'), operatingSystem),
        nodeVersion,
      },
      isBaseStandIn,
    };
  } finally {
    await engine.close();
  }
}
