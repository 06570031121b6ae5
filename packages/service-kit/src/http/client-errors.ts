/**
 * What never reaches a route: what is not HTTP at all, and what Node would answer by itself without a
 * word. The answer is written to the bare socket, in the contract's shape like every other.
 */

import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorCode } from '@hookpulse/common/values/error-code';
import { errorBody } from './http-error.ts';
import { REQUEST_ID_HEADER } from './request-id.ts';

/** Node's error codes (https://nodejs.org/api/http.html#event-clienterror); the rest is a 400. */
const ANSWERS: Readonly<Record<string, { statusCode: number; sentence: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { statusCode: 408, sentence: 'The request took too long to arrive.' },
  HPE_HEADER_OVERFLOW: { statusCode: 431, sentence: 'The header fields are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    statusCode: 413,
    sentence: 'The chunk extensions are too large.',
  },
};
const MALFORMED = { statusCode: 400, sentence: 'The request is not valid HTTP.' };
const TUNNEL = { statusCode: 405, sentence: 'CONNECT is not supported: this is not a proxy.' };
/** RFC 9110, section 10.1.1. */
const EXPECTATION = {
  statusCode: 417,
  sentence: 'Unsupported Expect header. Only 100-continue is supported.',
};

/** @param onAnswer - told of each request that was answered here */
export function answerWithoutRoute(server: Server, onAnswer: () => void): void {
  server.on('connect', (_request, socket) => {
    if (answer(socket, TUNNEL)) onAnswer();
  });
  // Its body is not read: the client has said that it would wait.
  server.on('checkExpectation', ({ socket }) => {
    if (answer(socket, EXPECTATION)) onAnswer();
  });
}

/**
 * Answers and closes the connection: after a framing error its bytes have no meaning any more.
 *
 * @returns whether it was answered: false when the connection is gone
 */
export function answerClientError(error: Error, socket: Duplex): boolean {
  const code = errorCode(error) ?? '';
  if (code === 'ECONNRESET') {
    socket.destroy();
    return false;
  }
  return answer(socket, ANSWERS[code] ?? MALFORMED);
}

function answer(
  socket: Duplex,
  { statusCode, sentence }: { statusCode: number; sentence: string },
): boolean {
  if (!socket.writable) {
    socket.destroy();
    return false;
  }
  const body = JSON.stringify(errorBody(sentence));
  socket.end(
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\n` +
      'Content-Type: application/json; charset=utf-8\r\n' +
      `${REQUEST_ID_HEADER}: ${randomUUID()}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n` +
      `Connection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
  return true;
}
