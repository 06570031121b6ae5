/** The life of a process: start, say what went wrong in one sentence, drain on a signal, exit. */
import type { Logger } from '@hookpulse/common/runtime/logger';

/** Something that was opened and must be closed, the last opened first. */
export interface Closable {
  close(): Promise<void>;
}

/** Supervisors wait ten seconds between SIGTERM and SIGKILL. */
const DRAIN_LIMIT_MS = 10_000;

/** Signals closer together than this are one. */
const SAME_SIGNAL_MS = 1_000;

const EXIT_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Whether a process that ended by it was asked to. */
export function isExitSignal(signal: NodeJS.Signals | null): boolean {
  return EXIT_SIGNALS.some((one) => one === signal);
}

/** What a process opened, in order; closes it in reverse, each once, whatever another one does. */
export class OpenResources implements Closable {
  readonly #opened: { readonly name: string; readonly resource: Closable }[] = [];
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Takes note of what was opened, and hands it back. */
  add<T extends Closable>(name: string, resource: T): T {
    this.#opened.push({ name, resource });
    return resource;
  }

  async close(): Promise<void> {
    for (const { name, resource } of this.#opened.splice(0).toReversed()) {
      try {
        await resource.close();
      } catch (error) {
        this.#logger.error({ err: error, resource: name }, 'could not be closed cleanly');
      }
    }
  }
}

/** Drains the process and exits with the code; with the highest one when it is called again. */
export type Stop = (reason: string, exitCode: number) => void;

/**
 * Runs a service until SIGINT or SIGTERM, then drains it and exits: 0 when it drained in time.
 * A second signal exits at once. What fails at start is closed again, and the exit code is 1.
 * @param start - opens everything, adding it to `resources` as it goes; may call `stop` at any time
 */
export async function runUntilSignal(
  logger: Logger,
  start: (resources: OpenResources, stop: Stop) => Promise<void>,
): Promise<void> {
  const resources = new OpenResources(logger);
  let exitCode = 0;
  let isDraining = false;
  const stop: Stop = (reason, code) => {
    exitCode = Math.max(exitCode, code);
    if (isDraining) return;
    isDraining = true;
    void drain(resources, logger, reason).then(() => process.exit(exitCode));
  };
  onceThenExit((signal) => stop(signal, 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    stop('uncaught exception', 1);
  });
  try {
    await start(resources, stop);
  } catch (error) {
    await resources.close();
    throw error;
  }
}

/**
 * The first signal drains; whoever sends it again does not want to wait. One Ctrl-C may come twice at
 * once: from the terminal, and from npm or a supervisor, which pass on what they got.
 */
function onceThenExit(onFirst: (signal: NodeJS.Signals) => void): void {
  let firstMs: number | null = null;
  const onSignal = (signal: NodeJS.Signals) => {
    const nowMs = performance.now();
    if (firstMs === null) {
      firstMs = nowMs;
      onFirst(signal);
    } else if (nowMs - firstMs > SAME_SIGNAL_MS) {
      process.exit(1);
    }
  };
  for (const signal of EXIT_SIGNALS) process.on(signal, onSignal);
}

async function drain(resources: OpenResources, logger: Logger, reason: string): Promise<void> {
  logger.info({ reason }, 'stopping');
  setTimeout(() => {
    logger.fatal(
      'did not drain in time; what is not stored is read from the log at the next start',
    );
    process.exit(1);
  }, DRAIN_LIMIT_MS).unref();
  await resources.close();
  logger.info('stopped');
}
