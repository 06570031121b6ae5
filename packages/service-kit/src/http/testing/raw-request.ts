/** Sends bytes as they are over a socket, for requests that no HTTP client would make. */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Writes the text to a new connection and reads the first answer.
 * @param url - origin of the server  @param endAfterSending - half-close after the bytes
 */
export async function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  endAfterSending = true,
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  let received = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    received += chunk;
    if (isComplete(received)) socket.destroy();
  });
  // A server may cut the connection once it has answered; what it said before counts.
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.destroy());
  socket.write(bytes);
  if (endAfterSending) socket.end();
  await once(socket, 'close');
  return parseAnswer(received);
}

function isComplete(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /^content-length: (\d+)/im.exec(received.slice(0, headEnd))?.[1];
  return Buffer.byteLength(received.slice(headEnd + 4)) >= Number(length ?? 0);
}

function parseAnswer(received: string): RawAnswer {
  const [head = '', ...rest] = received.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return {
    statusCode: Number(statusLine.split(' ')[1] ?? 0),
    headers,
    body: rest.join('\r\n\r\n'),
  };
}
