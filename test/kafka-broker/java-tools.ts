/** The programs that a broker on the local machine needs: `java` and `mvn`. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface JavaTools {
  readonly java: string;
  readonly maven: string;
}

/** What is missing, in one line for whoever has to install it. */
export class MissingJavaError extends Error {
  override readonly name = 'MissingJavaError';
}

/** Apache Kafka 4 runs on this Java or a later one. */
const OLDEST_JAVA = 17;
/** Distributions have one of them. */
const JAVA_PACKAGES = ['openjdk-17-jre-headless', 'openjdk-21-jre-headless'];

/**
 * Finds Java and Maven; as root on a system with apt it installs what is missing.
 * @throws MissingJavaError
 */
export function findJavaTools(): JavaTools {
  const found = lookUp() ?? install();
  if (found) return found;
  throw new MissingJavaError(
    `Kafka on this machine needs Java ${OLDEST_JAVA} and Maven (apt-get install -y ${JAVA_PACKAGES[0]} maven); tests also take Docker, or KAFKA_BROKERS`,
  );
}

function lookUp(): JavaTools | null {
  const { JAVA_HOME } = process.env;
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const maven = 'mvn';
  return javaVersion(java) >= OLDEST_JAVA && succeeds(maven, ['-version']) ? { java, maven } : null;
}

/** The major version, or 0 when there is no Java. */
function javaVersion(java: string): number {
  const { stderr } = spawnSync(java, ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
}

function install(): JavaTools | null {
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) return null;
  console.log('Installing Java and Maven, which Kafka needs');
  succeeds('apt-get', ['update', '-qq']);
  for (const javaPackage of JAVA_PACKAGES) {
    if (succeeds('apt-get', ['install', '-y', '-qq', javaPackage, 'maven'])) break;
  }
  return lookUp();
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
