/**
 * Where a command reads and writes: colours and questions in a terminal, plain text in a pipe. All that is
 * written goes through one place, which lets no character of a stranger's text give the terminal orders.
 */
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { errorCode } from '@hookpulse/common/values/error-code';
import { printable } from './output/printable.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

export interface Terminal {
  /** What the command was asked for: a line, or several. */
  print(text: string): void;
  /** What is said beside that: warnings and errors. */
  warn(text: string): void;
  /** The text in a style, where it is shown in a terminal that has colours. */
  style(style: Style, text: string): string;
  /** Whether there is somebody to ask. */
  readonly isInteractive: boolean;
  /** Asks a question that only `y` or `yes` answers with true. */
  confirm(question: string): Promise<boolean>;
  /** Asks for a text that is not shown while it is typed; null: Ctrl-C or Ctrl-D instead. */
  askSecret(question: string): Promise<string | null>;
  /** All of standard input; empty where there is none. */
  readInput(): Promise<string>;
  /**
   * Calls back at Ctrl-C or SIGTERM, once; the next one ends the process as ever.
   * @returns what takes that back
   */
  onInterrupt(stop: () => void): () => void;
}

const INTERRUPTS = ['SIGINT', 'SIGTERM'] as const;
/** In front of the parameters of our own styles, so that text of others cannot have one. */
const STYLE_MARK = `\x1b[${randomInt(1_000, 10_000)};${randomInt(1_000, 10_000)};`;
const STYLE_START = '\x1b[';

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    print: (text) => void stdout.write(`${shown(text)}\n`),
    warn: (text) => void stderr.write(`${shown(text)}\n`),
    style: (style, text) => {
      const [start = '', end = ''] = styleText(style, '|', { stream: stdout }).split('|');
      return `${marked(start)}${text}${marked(end)}`;
    },
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    async confirm(question) {
      const answer = await ask(`${shown(question)} [y/N] `, stderr);
      if (answer === null) stderr.write('\n');
      return answer !== null && /^y(es)?$/i.test(answer.trim());
    },
    async askSecret(question) {
      stderr.write(shown(question));
      // What readline would echo goes nowhere.
      const answer = await ask('', new Writable({ write: (_chunk, _encoding, done) => done() }));
      stderr.write('\n');
      return answer;
    },
    readInput: () => text(stdin),
    onInterrupt(stop) {
      const forget = () => {
        for (const signal of INTERRUPTS) process.off(signal, interrupt);
      };
      const interrupt = () => {
        forget();
        stop();
      };
      for (const signal of INTERRUPTS) process.on(signal, interrupt);
      return forget;
    },
  };
}

/** Null: Ctrl-C and Ctrl-D are answers, too. */
async function ask(question: string, output: Writable): Promise<string | null> {
  const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
  const closed = new AbortController();
  lines.on('close', () => closed.abort());
  try {
    return await lines.question(question, { signal: closed.signal });
  } catch (error) {
    if (errorCode(error) !== 'ABORT_ERR') throw error;
    return null;
  } finally {
    lines.close();
  }
}

function marked(style: string): string {
  return style.replaceAll(STYLE_START, STYLE_MARK);
}

/** Our own styles as they are, all else without orders. */
function shown(text: string): string {
  return text.split(STYLE_MARK).map(printable).join(STYLE_START);
}
