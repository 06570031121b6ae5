/**
 * What is not HTTP at all never reaches a route: Node reports it as `clientError`, and the answer
 * has to be written to the bare socket. It has the contract's shape like every other.
 */

import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { errorCode } from '../runtime/error-code.ts';
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

/**
 * Answers and closes the connection: after a framing error its bytes have no meaning any more.
 *
 * @returns whether it was answered: false when the connection is gone
 */
export function answerClientError(error: Error, socket: Socket): boolean {
  const code = errorCode(error);
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return false;
  }
  const { statusCode, sentence } = ANSWERS[code ?? ''] ?? MALFORMED;
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
