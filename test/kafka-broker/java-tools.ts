/** The programs that a broker on the local machine needs: `java` and `mvn`. */
import { join } from 'node:path';
import { installIfAllowed, succeeds } from '../setup/programs.ts';

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
  installIfAllowed(PACKAGES, 'the Kafka tests need');
  const installed = lookUp();
  if (installed) return installed;
  throw new MissingJavaError(
    `The Kafka tests need Docker, or Java 17 and Maven (apt-get install -y ${PACKAGES.join(' ')}), or KAFKA_BROKERS`,
  );
}

function lookUp(): JavaTools | null {
  const { JAVA_HOME } = process.env;
  const java = JAVA_HOME ? join(JAVA_HOME, 'bin', 'java') : 'java';
  const maven = 'mvn';
  return succeeds(java, ['-version']) && succeeds(maven, ['-version']) ? { java, maven } : null;
}
