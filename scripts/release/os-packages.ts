/**
 * Debian's packages in an image, as components of a CycloneDX list, from what dpkg keeps in
 * `/var/lib/dpkg/status` (deb-control(5): paragraphs of `Field: value`, going on after a space).
 */
import type { Component } from './sbom.ts';

export interface Distribution {
  /** `ID` of os-release: `debian`. */
  readonly id: string;
  /** `VERSION_ID` of os-release: `12`. */
  readonly version: string;
}

/** @param status - the file; @returns in the order of their names */
export function osPackages(status: string, distribution: Distribution): Component[] {
  return status
    .split(/\n\n+/)
    .map(readParagraph)
    .filter((fields) => fields.get('Status')?.split(' ').at(-1) === 'installed')
    .map((fields) => toComponent(fields, distribution))
    .toSorted((a, b) => compare(a['bom-ref'], b['bom-ref']));
}

/** Of `/etc/os-release`: shell assignments, perhaps in quotes. @throws Error when a value is missing */
export function readDistribution(osRelease: string): Distribution {
  const value = (name: string) => {
    const found = new RegExp(`^${name}="?([^"\\n]+)"?$`, 'm').exec(osRelease)?.[1];
    if (found === undefined) throw new Error(`os-release has no ${name}`);
    return found;
  };
  return { id: value('ID'), version: value('VERSION_ID') };
}

function readParagraph(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  return fields;
}

/** Package URLs: https://github.com/package-url/purl-spec, type `deb`. */
function toComponent(fields: ReadonlyMap<string, string>, distribution: Distribution): Component {
  const field = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) {
      throw new Error(`dpkg's status has a package without ${name}: ${fields.get('Package')}`);
    }
    return value;
  };
  const [name, version, arch] = [field('Package'), field('Version'), field('Architecture')];
  const { id } = distribution;
  const qualifiers = `arch=${arch}&distro=${id}-${distribution.version}`;
  const purl = `pkg:deb/${id}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${qualifiers}`;
  return { type: 'library', 'bom-ref': purl, name, version, purl };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
