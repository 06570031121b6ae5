/** The official AsyncAPI parser, as a program: its engine does not work in Jest's realm. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const PROGRAM = `
  import { Parser } from '@asyncapi/parser';
  import { text } from 'node:stream/consumers';
  const { diagnostics, document } = await new Parser().parse(await text(process.stdin));
  const problems = diagnostics
    .filter(({ severity }) => severity < 2)
    .map(({ path, message }) => path.join('.') + ': ' + message);
  console.log(JSON.stringify(document ? problems : [...problems, 'it is not a document']));
`;

/** @returns what is wrong with a document, warnings included; empty: nothing */
export async function judgeAsyncApi(document: string): Promise<readonly string[]> {
  const args = ['--input-type=module', '-e', PROGRAM];
  const child = execFile(process.execPath, args, { cwd: import.meta.dirname });
  if (!child.stdin || !child.stdout || !child.stderr) throw new Error('the parser has no pipes');
  child.stdin.end(document);
  const [out, err] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  if (out === '') throw new Error(err);
  return JSON.parse(out);
}
