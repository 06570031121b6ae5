/** The process of `WarmCommandLine`: runs each command that it is sent, and answers what became of it. */
import { inspect } from 'node:util';
import { runCommandLine } from '@hookpulse/cli/command-line';
import { processTerminal } from '@hookpulse/cli/terminal';
import type { CommandResult } from './command-line.ts';
import type { CommandRequest } from './warm-command-line.ts';

process.on('message', (request: CommandRequest) => {
  void run(request).then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());

async function run({ args, env }: CommandRequest): Promise<CommandResult> {
  const [stdout, stderr] = [collect(process.stdout), collect(process.stderr)];
  try {
    const deps = { terminal: processTerminal(), env, nowMs: Date.now() };
    const exitCode = await runCommandLine(args, deps);
    return { exitCode, stdout: stdout.end(), stderr: stderr.end() };
  } catch (error) {
    // As Node ends a process whose main module has failed.
    return { exitCode: 1, stdout: stdout.end(), stderr: `${stderr.end()}${inspect(error)}\n` };
  }
}

/** Takes what is written to a stream, until `end`. */
function collect(stream: NodeJS.WriteStream): { end(): string } {
  const { write } = stream;
  let text = '';
  stream.write = (chunk: Uint8Array | string) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  };
  return {
    end() {
      stream.write = write;
      return text;
    },
  };
}
