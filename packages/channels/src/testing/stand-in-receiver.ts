/** A strict HTTP server on loopback that takes notifications, and misbehaves as a test says. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '@hookpulse/common/testing/until';

export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface StandInAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface StandInReceiver {
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** `127.0.0.1:port` */
  readonly host: string;
  /** Everything that it read whole, whatever it answered. */
  readonly posts: readonly ReceivedPost[];
  /** What it took. */
  readonly taken: readonly ReceivedPost[];
  /** What the next posts get instead of the protocol's answer, one each; `silence`: none. */
  readonly next: (StandInAnswer | 'silence' | 'hang up')[];
  /** Resolves with all that was taken once it is so many. */
  takenOnceThere(count: number): Promise<readonly ReceivedPost[]>;
  close(): Promise<void>;
}

/** What the protocol answers to a post: of `isTaken` ones the sender has been told so. */
export type Protocol = (post: ReceivedPost) => StandInAnswer & { readonly isTaken: boolean };

export async function startStandIn(protocol: Protocol): Promise<StandInReceiver> {
  const posts: ReceivedPost[] = [];
  const taken: ReceivedPost[] = [];
  const next: StandInReceiver['next'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      const post = { path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      posts.push(post);
      const told = next.shift();
      if (told === 'silence') return;
      if (told === 'hang up') {
        taken.push(post);
        request.socket.destroy();
        return;
      }
      const answer = told ?? protocol(post);
      if ('isTaken' in answer && answer.isTaken === true) taken.push(post);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A server that listens on a port has an address of this form.
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    ...{ url: `http://${host}`, host, posts, taken, next },
    takenOnceThere: (count) =>
      until(`${count} posts that are taken`, () => (taken.length >= count ? taken : null)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
