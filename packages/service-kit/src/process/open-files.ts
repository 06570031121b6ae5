/** Whether a process may open as many files as it needs: said at the start, and not by the first error. */
import { descriptorLimit } from '../http/connections.ts';

/**
 * The embedded store keeps some 250 files open (chDB after a million events), the log and the threads
 * some dozens; connections take half of the limit.
 */
const NEEDED_WITH_EMBEDDED_ENGINES = 1_024;
/** A service on Kafka and ClickHouse has 40 to 80 open, beside its connections. */
const NEEDED_BY_A_SERVICE = 256;

/** The limit on open files is too low to run on. */
export class TooFewFilesError extends Error {
  override readonly name = 'TooFewFilesError';

  constructor(limit: number, needed: number) {
    super(
      `A process may open only ${limit} files here, and needs ${needed}: raise the limit (ulimit -n ${needed}, LimitNOFILE of systemd, --ulimit nofile of Docker).`,
    );
  }
}

/**
 * @param limit - how many files this process may open; null: not known
 * @throws TooFewFilesError
 */
export function assertEnoughFiles(
  { hasEmbeddedEngines }: { readonly hasEmbeddedEngines: boolean },
  limit: number | null = descriptorLimit(),
): void {
  const needed = hasEmbeddedEngines ? NEEDED_WITH_EMBEDDED_ENGINES : NEEDED_BY_A_SERVICE;
  if (limit !== null && limit < needed) throw new TooFewFilesError(limit, needed);
}
