/** Which files a program is made of, and which packages it takes from outside: by its imports. */
import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface ModuleGraph {
  /** Paths from the repository's root. */
  readonly files: ReadonlySet<string>;
  /** Files and folders that are read, such as that of the migrations. */
  readonly resources: ReadonlySet<string>;
  /** By package of the registry: the workspaces that import it, as folders. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
}

/** `import … from 'x'`, `export … from 'x'`, `import 'x'`, `import('x')` and `new URL('./x.ts', …)`. */
const IMPORT =
  /(?:^(?:import|export)\b(?! type\b)[^;'"]*?\bfrom\s*|^import\s*|\bimport\(\s*|\bnew URL\(\s*)['"]([^'"]+)['"]/gm;
const ROOT = join(import.meta.dirname, '..', '..');

/** @param entries - paths from the repository's root */
export function moduleGraph(entries: readonly string[]): ModuleGraph {
  const files = new Set<string>();
  const resources = new Set<string>();
  const packages = new Map<string, Set<string>>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue;
    files.add(file);
    for (const [, target = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(IMPORT)) {
      if (isBuiltin(target)) continue;
      const path = pathOf(target, file);
      if (path === null) addPackage(target, file);
      else if (/\.(?:tsx?|mjs)$/.test(path)) waiting.push(path);
      else resources.add(path);
    }
  }
  return { files, resources, packages };

  function addPackage(target: string, file: string): void {
    const name = target
      .split('/')
      .slice(0, target.startsWith('@') ? 2 : 1)
      .join('/');
    const workspace = file.split('/').slice(0, 2).join('/');
    packages.set(name, (packages.get(name) ?? new Set()).add(workspace));
  }
}

/** What of this repository an import means; null for a package of the registry. */
function pathOf(target: string, importer: string): string | null {
  if (target.startsWith('.')) return relative(ROOT, join(ROOT, dirname(importer), target));
  const [, name, subpath] = /^@hookpulse\/([^/]+)\/(.+)$/.exec(target) ?? [];
  if (name === undefined || subpath === undefined) return null;
  const [path] = globSync(`{packages,services}/${name}/src/${subpath}.ts`, { cwd: ROOT });
  if (path === undefined) throw new Error(`${importer} imports ${target}, which is no file`);
  return path;
}
