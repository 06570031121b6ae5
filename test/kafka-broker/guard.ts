/**
 * Stands between a test process and its broker, so that the broker and its folder go with the tests
 * even when those are killed: the standard input of this process is a pipe that the tests hold open.
 *
 * `node guard.ts <folder> <command> <arguments…>` runs the command and passes its output on. When
 * the standard input ends it kills the command, and deletes the folder unless it has read
 * `KEEP_FOLDER` before. Ends itself when the command does.
 */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { KEEP_FOLDER, pidPath } from './guard-protocol.ts';

const [folder = '', command = '', ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

writeFileSync(pidPath(folder), String(child.pid));

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
child.on('error', () => process.exit(1));
child.on('exit', (code) => {
  if (hasEnded && input !== KEEP_FOLDER) rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
// Ctrl-C in a terminal reaches everybody; here the tests' own end decides.
process.on('SIGINT', () => undefined);
