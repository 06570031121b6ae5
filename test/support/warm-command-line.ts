/**
 * The command line without its start: one process has it loaded, and runs one command after another. A
 * process for each command takes a second of computing, so tests of many commands have this one, and
 * `runCommand` for one of each kind.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { LAUNCH_ENVIRONMENT } from '../../scripts/launch.mjs';
import type { CommandResult } from './command-line.ts';

const PROGRAM = fileURLToPath(new URL('./warm-command-line-process.ts', import.meta.url));

/** What the process is sent. */
export interface CommandRequest {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export class WarmCommandLine {
  readonly #process: ChildProcess;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#process = fork(PROGRAM, {
      // No .env file and no settings of the tester's may leak in.
      cwd: tmpdir(),
      env: { PATH: process.env.PATH ?? '', ...LAUNCH_ENVIRONMENT },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
  }

  /** @param env - the whole environment of the command */
  run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
    const result = this.#last.then(() => this.#ask({ args, env }));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    await exited;
  }

  async #ask(request: CommandRequest): Promise<CommandResult> {
    const answered = Promise.withResolvers<CommandResult>();
    const onExit = (code: number | null) => {
      answered.reject(new Error(`${request.args.join(' ')} ended the process with ${code}`));
    };
    this.#process.once('message', answered.resolve).once('exit', onExit);
    try {
      this.#process.send(request);
      return await answered.promise;
    } finally {
      this.#process.off('message', answered.resolve).off('exit', onExit);
    }
  }
}
