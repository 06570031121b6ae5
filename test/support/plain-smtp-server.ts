/**
 * An SMTP server of a few lines that answers as told, also as no real one would. It keeps nothing;
 * what it was told is in `lines`.
 */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** To the connection itself, to commands, and to the end of the text. */
export type PlainSmtpMoment =
  | 'greeting'
  | 'EHLO'
  | 'HELO'
  | 'AUTH'
  | 'STARTTLS'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | '.';

/** `silence`: the client waits. `drop`: the connection is reset. Else the line itself. */
export type PlainSmtpAnswer = 'silence' | 'drop' | (string & {});

export interface PlainSmtpServer {
  /** `smtp://127.0.0.1:port` */
  readonly url: string;
  /** Commands as they came, without the text of mails. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

const GOOD_ANSWERS: Readonly<Record<PlainSmtpMoment, string>> = {
  greeting: '220 plain ESMTP',
  EHLO: '250 plain',
  HELO: '250 plain',
  AUTH: '235 welcome',
  STARTTLS: '220 go on',
  MAIL: '250 fine',
  RCPT: '250 fine',
  DATA: '354 go on',
  '.': '250 queued',
};

/** @param answers - instead of the good ones */
export async function startPlainSmtpServer(
  answers: Partial<Record<PlainSmtpMoment, PlainSmtpAnswer>> = {},
): Promise<PlainSmtpServer> {
  const lines: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Clients that leave early are part of the tests.
    socket.on('error', () => undefined);
    talk(socket, { ...GOOD_ANSWERS, ...answers }, lines);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${portOf(server)}`,
    lines,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function talk(
  socket: Socket,
  answers: Readonly<Record<PlainSmtpMoment, PlainSmtpAnswer>>,
  lines: string[],
): void {
  let isText = false;
  answer('greeting');
  createInterface({ input: socket }).on('line', (line) => {
    if (isText) {
      if (line !== '.') return;
      isText = false;
      answer('.');
      return;
    }
    lines.push(line);
    const moment = momentOf(line);
    if (moment === null) {
      socket.write('221 bye\r\n');
      return;
    }
    answer(moment);
    isText = moment === 'DATA' && answers.DATA.startsWith('3');
  });

  function answer(moment: PlainSmtpMoment): void {
    const text = answers[moment];
    if (text === 'drop') socket.resetAndDestroy();
    else if (text !== 'silence' && socket.writable) socket.write(`${text}\r\n`);
  }
}

function momentOf(line: string): PlainSmtpMoment | null {
  const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
  return isMoment(verb) ? verb : null;
}

function isMoment(verb: string): verb is PlainSmtpMoment {
  return Object.hasOwn(GOOD_ANSWERS, verb);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}
