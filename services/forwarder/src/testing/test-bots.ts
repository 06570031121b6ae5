/** Bots as their makers run them: HTTP servers that behave as a test says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly updateId: number;
}

/** Answers a request; the default is 200. */
export type Behaviour = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

export interface TestBotServer {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Update ids answered by 2xx, in order. */
  readonly taken: number[];
  /** The most requests that were under way at once. */
  readonly mostAtOnce: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

export const ok: Behaviour = (_, response) => {
  response.end('{}');
};

export function status(code: number, headers: Record<string, string> = {}): Behaviour {
  return (_, response) => {
    response.writeHead(code, headers).end('no');
  };
}

/** Never answers. */
export const hang: Behaviour = () => undefined;

export async function startTestBot(): Promise<TestBotServer> {
  let behaviour = ok;
  const seen: SeenRequest[] = [];
  const taken: number[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString();
    const { update_id: updateId } = JSON.parse(body);
    const one = { path: request.url ?? '', headers: request.headers, body, updateId };
    seen.push(one);
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.once('close', () => {
      atOnce -= 1;
    });
    response.once('finish', () => {
      if (response.statusCode < 300) taken.push(updateId);
    });
    await behaviour(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook?x=1`,
    seen,
    taken,
    get mostAtOnce() {
      return mostAtOnce;
    },
    behave(next) {
      behaviour = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
