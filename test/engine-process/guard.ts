/**
 * Stands between a process and the engine that it started, so that the engine and its folder go with
 * that process even when it is killed: the standard input of this one is a pipe that it holds open.
 *
 * `node guard.ts <folder> <kept|deleted> <command> <arguments…>` runs the command and passes its
 * output on. When the standard input ends it kills the command, and deletes the folder if that is its
 * fate and it has not read `KEEP_FOLDER` before. Ends itself when the command does.
 */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { type FolderFate, KEEP_FOLDER, pidPath } from './guard-protocol.ts';

const [folder = '', fate, command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
if (child.pid !== undefined) writeFileSync(pidPath(folder), String(child.pid));

let input = '';
let hasEnded = false;
process.stdin.setEncoding('utf8');
process.stdin.on('data', (text) => {
  input += text;
});
process.stdin.on('end', () => {
  hasEnded = true;
  child.kill('SIGKILL');
});
child.on('error', (error) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
child.on('exit', (code) => {
  const isDeleted = fate === ('deleted' satisfies FolderFate) && input !== KEEP_FOLDER;
  if (hasEnded && isDeleted) rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
// An engine is not left behind by whoever ends its guard.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => child.kill('SIGKILL'));
}
