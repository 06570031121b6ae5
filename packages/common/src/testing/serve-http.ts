/** An HTTP server on loopback that answers as a test says. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

export interface TestServer {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Cuts its connections and resolves when it has stopped. */
  close(): Promise<void>;
}

/** Resolves when it listens, on a free port. */
export async function serveHttp(listener: RequestListener): Promise<TestServer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const { port } = address;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
