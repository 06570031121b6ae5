/** The programs that a broker on the local machine needs: `java` and `mvn`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface JavaTools {
  readonly java: string;
  /** All that it says of its version. */
  readonly version: string;
}

/** What is missing, in one line for whoever has to install it. */
export class MissingJavaError extends Error {
  override readonly name = 'MissingJavaError';
}

/** Apache Kafka 4 runs on this Java or a later one. */
const OLDEST_JAVA = 17;
/** Distributions have one of them. */
const JAVA_PACKAGES = ['openjdk-17-jre-headless', 'openjdk-21-jre-headless'];

const MAVEN = 'mvn';

/**
 * Finds Java; as root on a system with apt it installs what is missing.
 * @throws MissingJavaError
 */
export function findJava(): JavaTools {
  return lookUpOrInstall(lookUpJava);
}

/** The same of Maven. It is needed only to fetch jars: looking for it starts a Java machine. */
export function findMaven(): string {
  return lookUpOrInstall(() => (succeeds(MAVEN, ['-version']) ? MAVEN : null));
}

function lookUpOrInstall<T>(lookUp: () => T | null): T {
  const found = lookUp() ?? (install() ? lookUp() : null);
  if (found !== null) return found;
  throw new MissingJavaError(
    `Kafka on this machine needs Java ${OLDEST_JAVA} and Maven (apt-get install -y ${JAVA_PACKAGES[0]} maven); tests also take Docker, or KAFKA_BROKERS`,
  );
}

function lookUpJava(): JavaTools | null {
  const { JAVA_HOME } = process.env;
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const version = spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr ?? '';
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  return major >= OLDEST_JAVA ? { java, version } : null;
}

/** Whether it could be tried. */
function install(): boolean {
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) return false;
  console.log('Installing Java and Maven, which Kafka needs');
  succeeds('apt-get', ['update', '-qq']);
  return JAVA_PACKAGES.some((java) => succeeds('apt-get', ['install', '-y', '-qq', java, 'maven']));
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
