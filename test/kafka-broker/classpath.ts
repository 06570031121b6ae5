/** The broker's jars: Maven resolves the coordinates of `pom.xml`, once for each content of it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findMaven } from './java-tools.ts';

const POM = join(import.meta.dirname, 'pom.xml');
/** What is made once for each state of its sources. */
export const TARGET = join(import.meta.dirname, 'target');

/** A class path for `java -cp`. The first call on a machine downloads about 80 MB. @throws MissingJavaError */
export async function resolveClasspath(): Promise<string> {
  const pomHash = createHash('sha256')
    .update(await readFile(POM))
    .digest('hex');
  const cacheFile = join(TARGET, `classpath-${pomHash.slice(0, 16)}.txt`);
  const cached = await readFile(cacheFile, 'utf8').catch(() => null);
  if (cached !== null && (await allExist(cached))) return cached;
  await mkdir(TARGET, { recursive: true });
  await promisify(execFile)(findMaven(), [
    ...['--quiet', '--batch-mode', '--file', POM],
    ...['dependency:build-classpath', `-Dmdep.outputFile=${cacheFile}`],
  ]);
  return readFile(cacheFile, 'utf8');
}

/** Maven's repository may have been emptied since. */
async function allExist(classpath: string): Promise<boolean> {
  const jars = await Promise.allSettled(classpath.split(delimiter).map((jar) => access(jar)));
  return jars.every(({ status }) => status === 'fulfilled');
}
