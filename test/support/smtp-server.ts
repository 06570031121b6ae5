/**
 * A real SMTP server on loopback that keeps the mails it takes, and misbehaves as told: every step of
 * a mail asks a hook, which may wait, answer with an error, or break the connection.
 *
 * What no such server does (an error to EHLO, or to the command DATA itself) is in
 * `plain-smtp-server.ts`.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import type { TestCertificate } from './test-certificates.ts';

export type SmtpStep =
  | 'connect' // before the greeting
  | 'auth'
  | 'mail' // MAIL FROM
  | 'rcpt' // RCPT TO, of each receiver
  | 'data-start' // the client is told to send the text, and none of it has been read
  | 'data-end' // the whole text is here, and nothing has been answered
  | 'answered'; // the answer is on its way: nothing can be changed any more

export interface SmtpMoment {
  readonly step: SmtpStep;
  /** Counts connections since the server was made, from 1. */
  readonly connection: number;
  /** Sender or receiver of `mail` and `rcpt`; else null. */
  readonly address: string | null;
}

export type SmtpAct =
  /** Instead of the good answer. At `data-start` it comes after the text. */
  | { readonly code: number; readonly text: string }
  /** Resets the connection; at `data-start`, when the first bytes of the text have come. */
  | 'drop'
  /** At `data-end`: the mail is kept, and nobody is told. */
  | 'keep-and-drop'
  /** All is well. */
  | undefined;

export type SmtpHook = (moment: SmtpMoment) => SmtpAct | Promise<SmtpAct>;

export interface TestMail {
  /** Of MAIL FROM. */
  readonly sender: string;
  /** Of RCPT TO: those that were taken. */
  readonly receivers: readonly string[];
  readonly raw: Buffer;
  readonly parsed: ParsedMail;
  /** When its last byte was there, milliseconds since the epoch. */
  readonly receivedAtMs: number;
  /** False: the connection broke before the client could be told. */
  readonly isAnswered: boolean;
}

export interface TestSmtpOptions {
  /** For STARTTLS, or with `isImplicitTls` from the first byte on (`smtps://`). Default: no TLS. */
  readonly certificate?: TestCertificate;
  readonly isImplicitTls?: boolean;
  /** Who may send; default: everybody. */
  readonly login?: { readonly user: string; readonly password: string };
  /** False: clients wait for each answer before they send the next command. Default: true. */
  readonly hasPipelining?: boolean;
}

export interface TestSmtpServer {
  readonly port: number;
  /** `smtp://127.0.0.1:port`, or `smtps://…`; with the login, if there is one. */
  readonly url: string;
  /** Those that were taken, oldest first; two attempts of one mail are two. */
  readonly mails: readonly TestMail[];
  /** All that has happened. */
  readonly moments: readonly SmtpMoment[];
  /** Connections open now. */
  readonly connections: number;
  /** Replaces the hook before; null: all goes well. */
  onStep(hook: SmtpHook | null): void;
  /** An outage: resets all connections, and refuses new ones. */
  stop(): Promise<void>;
  /** Takes connections again, at the same port. */
  start(): Promise<void>;
  /** Stops for good. @throws what a hook threw */
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';
const CLOSE_TIMEOUT_MS = 1_000;
/** Longer than any test: only hooks decide when something breaks. */
const IDLE_TIMEOUT_MS = 600_000;

export async function startTestSmtpServer(options: TestSmtpOptions = {}): Promise<TestSmtpServer> {
  const server = new HookedSmtpServer(options);
  await server.start();
  return server;
}

class HookedSmtpServer implements TestSmtpServer {
  readonly mails: TestMail[] = [];
  readonly moments: SmtpMoment[] = [];
  readonly #options: TestSmtpOptions;
  readonly #sockets = new Map<number, { readonly socket: Socket; readonly number: number }>();
  readonly #hookErrors: unknown[] = [];
  #hook: SmtpHook | null = null;
  #connectionsSoFar = 0;
  #server: SMTPServer | null = null;
  #port = 0;

  constructor(options: TestSmtpOptions) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    const { isImplicitTls, login } = this.#options;
    const user =
      login && `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`;
    return `${isImplicitTls ? 'smtps' : 'smtp'}://${user ?? ''}${ADDRESS}:${this.#port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  onStep(hook: SmtpHook | null): void {
    this.#hook = hook;
  }

  async start(): Promise<void> {
    if (this.#server) return;
    const server = new SMTPServer(this.#serverOptions());
    // Connections that break are what it is for; clients are who notices.
    server.on('error', () => undefined);
    server.server.on('connection', (socket) => this.#onConnection(socket));
    const listening = server.listen(this.#port, ADDRESS);
    await once(listening, 'listening');
    const address = listening.address();
    if (address === null || typeof address === 'string') throw new Error('No port was given');
    this.#port = address.port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = Promise.withResolvers<void>();
    server.close(() => closed.resolve());
    for (const { socket } of this.#sockets.values()) reset(socket);
    await closed.promise;
  }

  async close(): Promise<void> {
    await this.stop();
    if (this.#hookErrors.length > 0) throw new AggregateError(this.#hookErrors, 'a hook failed');
  }

  #serverOptions(): SMTPServerOptions {
    const { certificate, isImplicitTls, login, hasPipelining } = this.#options;
    const hasStartTls = certificate !== undefined && !isImplicitTls;
    return {
      logger: false,
      disableReverseLookup: true,
      closeTimeout: CLOSE_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      ...certificate,
      secure: isImplicitTls === true,
      hidePIPELINING: hasPipelining === false,
      authOptional: login === undefined,
      allowInsecureAuth: true,
      disabledCommands: [...(hasStartTls ? [] : ['STARTTLS']), ...(login ? [] : ['AUTH'])],
      onConnect: (session, done) => this.#step('connect', null, session, done),
      onMailFrom: ({ address }, session, done) => this.#step('mail', address, session, done),
      onRcptTo: ({ address }, session, done) => this.#step('rcpt', address, session, done),
      onAuth: (auth, session, done) =>
        this.#step('auth', null, session, (error) => {
          const isRight = auth.username === login?.user && auth.password === login?.password;
          done(error, isRight ? { user: auth.username } : {});
        }),
      onData: (stream, session, done) => this.#receive(stream, session, done),
    };
  }

  /** Clients are told apart by their ports. */
  #onConnection(socket: Socket): void {
    const { remotePort } = socket;
    if (remotePort === undefined) return; // gone before it was seen
    this.#connectionsSoFar += 1;
    this.#sockets.set(remotePort, { socket, number: this.#connectionsSoFar });
    socket.once('close', () => this.#sockets.delete(remotePort));
  }

  #step(
    step: SmtpStep,
    address: string | null,
    session: SMTPServerSession,
    done: (error: Error | null) => void,
  ): void {
    this.#during(session, async () => {
      const act = await this.#ask(step, address, session);
      if (act === undefined) done(null);
      else if (typeof act === 'object') done(replyError(act));
      else this.#drop(session);
    });
  }

  #receive(
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    done: (error: Error | null, message?: string) => void,
  ): void {
    // A client that goes away in the middle is noticed where the text is read.
    stream.on('error', () => undefined);
    this.#during(session, async () => {
      const started = await this.#ask('data-start', null, session);
      if (typeof started === 'string') {
        await firstBytes(stream);
        return this.#drop(session);
      }
      const raw = await wholeText(stream);
      if (raw === null) return;
      if (started) return done(replyError(started));
      const receivedAtMs = Date.now();
      const parsed = await simpleParser(raw);
      const ended = await this.#ask('data-end', null, session);
      if (typeof ended === 'object') return done(replyError(ended));
      if (ended === 'drop') return this.#drop(session);
      const { mailFrom, rcptTo } = session.envelope;
      this.mails.push({
        sender: mailFrom ? mailFrom.address : '',
        receivers: rcptTo.map(({ address }) => address),
        raw,
        parsed,
        receivedAtMs,
        isAnswered: ended === undefined && this.#isOpen(session),
      });
      if (ended === 'keep-and-drop') return this.#drop(session);
      done(null, `queued as ${this.mails.length}`);
      await this.#ask('answered', null, session);
    });
  }

  async #ask(step: SmtpStep, address: string | null, session: SMTPServerSession): Promise<SmtpAct> {
    const connection = this.#sockets.get(session.remotePort)?.number ?? 0;
    const moment: SmtpMoment = { step, connection, address };
    this.moments.push(moment);
    return (await this.#hook?.(moment)) ?? undefined;
  }

  /** A hook that fails breaks the connection, and is told of when the server is closed. */
  #during(session: SMTPServerSession, work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#hookErrors.push(error);
      this.#drop(session);
    });
  }

  #isOpen({ remotePort }: SMTPServerSession): boolean {
    return this.#sockets.get(remotePort)?.socket.writable === true;
  }

  #drop({ remotePort }: SMTPServerSession): void {
    const connection = this.#sockets.get(remotePort);
    if (connection) reset(connection.socket);
  }
}

/** Resolves also when the client went away before it sent any. */
async function firstBytes(stream: SMTPServerDataStream): Promise<void> {
  if (stream.readableLength > 0 || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once('readable', resolve);
    stream.once('close', resolve);
  });
}

/** Null: the client went away before it had sent all of it. */
async function wholeText(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

function replyError({ code, text }: { readonly code: number; readonly text: string }): Error {
  return Object.assign(new Error(text), { responseCode: code });
}

function reset(socket: Socket): void {
  // A socket that is being shut down cannot be reset, and Node 24 then never closes it.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
