/**
 * Requests that are sent on without waiting for answers (RFC 9112, section 9.3.2) are taken one at a
 * time. Node would begin all of a chunk at once, hundreds of them, and keep every answer in memory
 * until the client has read those before.
 */
import type { Socket } from 'node:net';
import type { onRequestHookHandler } from 'fastify';

/** Some programs ask a few at once; a client that reads the answers does not send this many. */
const MAX_WAITING = 64;

/** To run before anything else. */
export function answerOneAtATime(): onRequestHookHandler {
  const waiting = new WeakMap<Socket, number>();
  return ({ raw: { socket } }, { raw }, done) => {
    // A response has its socket from the beginning, unless another one is still being written to it.
    if (raw.socket !== null) return done();
    const others = waiting.get(socket) ?? 0;
    waiting.set(socket, others + 1);
    if (others >= MAX_WAITING) {
      socket.destroy();
      return;
    }
    raw.once('socket', () => {
      waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
      done();
    });
  };
}
