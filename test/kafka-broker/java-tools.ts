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

const PACKAGES = ['openjdk-17-jre-headless', 'maven'];

/**
 * Finds Java and Maven; as root on a system with apt it installs what is missing.
 * @throws MissingJavaError
 */
export function findJavaTools(): JavaTools {
  const found = lookUp();
  if (found) return found;
  if (canInstall()) {
    console.log(`Installing ${PACKAGES.join(' and ')}, which the Kafka tests need`);
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', ...PACKAGES]);
    const installed = lookUp();
    if (installed) return installed;
  }
  throw new MissingJavaError(
    `The Kafka tests need Docker, or Java 17 and Maven (apt-get install -y ${PACKAGES.join(' ')}), or KAFKA_BROKERS`,
  );
}

function lookUp(): JavaTools | null {
  const { JAVA_HOME } = process.env;
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const maven = 'mvn';
  return run(java, ['-version']) && run(maven, ['-version']) ? { java, maven } : null;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && run('apt-get', ['--version']);
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
