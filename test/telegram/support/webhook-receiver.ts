/** A bot's own web server for tests: keeps what it is sent, and answers as it is told to. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

export interface ReceivedDelivery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** NaN: it is no update. */
  readonly updateId: number;
}

export interface WebhookReceiver {
  readonly url: string;
  /** In order of their arrival, refused ones included. */
  readonly deliveries: ReceivedDelivery[];
  /** How deliveries are answered from now on; default: 200 without a body. */
  answerWith(answer: (delivery: ReceivedDelivery, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const deliveries: ReceivedDelivery[] = [];
  let answer: (delivery: ReceivedDelivery, response: ServerResponse) => void = (_, response) => {
    response.end();
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [, updateId] = /^\{"update_id":(\d+)/.exec(body) ?? [];
    const { url: path = '', headers } = request;
    const delivery = { path, headers, body, updateId: Number(updateId) };
    deliveries.push(delivery);
    answer(delivery, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}`,
    deliveries,
    answerWith(next) {
      answer = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
