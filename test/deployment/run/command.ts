/** Programs of the system, run to their end. */
import { spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  /** Beside the variables of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ends the program when it takes longer. Default: none. */
  readonly timeoutMs?: number;
}

/** So much of what a program printed goes into the error. */
const SHOWN_CHARACTERS = 1_500;

/**
 * What it printed to stdout, without white space at its ends.
 * @throws Error with the end of all that it printed, when it fails, is not there, or takes too long
 */
export async function run(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: options.timeoutMs,
  });
  let stdout = '';
  let all = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    all += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    all += text;
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  child.on('error', reject);
  child.on('close', (code, signal) => {
    if (code === 0) resolve(stdout.trim());
    else {
      const what = [command, ...args].join(' ');
      reject(new Error(`${what}: ended with ${code ?? signal}\n${all.slice(-SHOWN_CHARACTERS)}`));
    }
  });
  return promise;
}

export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return run(command, args).then(
    () => true,
    () => false,
  );
}
