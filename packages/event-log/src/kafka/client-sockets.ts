/**
 * The sockets of one kafkajs client, so that they can be closed for good. kafkajs opens new ones after
 * `disconnect` for work that is still trying; nobody would close those, and what that work holds
 * would stay in memory for half a minute.
 */
import type { Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';
import createSocketFactory from 'kafkajs/src/network/socketFactory.js';

export class ClientSockets {
  readonly #connect = createSocketFactory();
  readonly #open = new Set<Socket>();
  #isShut = false;

  /** What kafkajs takes as `socketFactory`. */
  readonly factory: ISocketFactory = (place) => {
    if (this.#isShut) throw new Error('the client was discarded');
    const socket = this.#connect(place);
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };

  /** Fails what waits for an answer, and every later attempt to connect. Idempotent. */
  shut(): void {
    this.#isShut = true;
    for (const socket of this.#open) socket.destroy(new Error('the client was discarded'));
  }
}
