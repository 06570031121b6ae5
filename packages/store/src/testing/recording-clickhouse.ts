/**
 * A server that takes every statement and remembers it, for tests of what is sent: to clusters, which
 * the embedded engine cannot be one of.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createZstdDecompress } from 'node:zlib';

export interface RecordedStatement {
  readonly sql: string;
  /** Settings and parameters that came with it. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface RecordingClickHouse {
  readonly url: string;
  /** In the order in which they came. */
  readonly statements: readonly RecordedStatement[];
  close(): Promise<void>;
}

/** @param answer - rows for a statement, sent as one JSON object a line; for most there are none */
export async function startRecordingClickHouse(
  answer: (sql: string) => readonly object[],
): Promise<RecordingClickHouse> {
  const statements: RecordedStatement[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const { query, ...settings } = Object.fromEntries(
        new URL(request.url ?? '/', 'http://localhost').searchParams,
      );
      // An insert has its statement in the URL, and rows in the body.
      const isCompressed = request.headers['content-encoding'] === 'zstd';
      const body = await text(isCompressed ? request.pipe(createZstdDecompress()) : request);
      const sql = query ?? body;
      statements.push({ sql, settings });
      response.end(
        answer(sql)
          .map((row) => `${JSON.stringify(row)}\n`)
          .join(''),
      );
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}`,
    statements,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
