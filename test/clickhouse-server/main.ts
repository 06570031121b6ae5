/**
 * The process of the endpoint: `node main.ts --data-dir <folder> --port <port> --user <name>
 * --password <password> --database <name> [--host <address>] [--tls-key <file> --tls-cert <file>]`.
 *
 * Listens, on loopback unless told otherwise, once the database exists; prints the queries that fail. On
 * SIGTERM it answers what it was asked, and ends.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { openEngine } from './engine.ts';
import { createClickHouseServer } from './http-server.ts';

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string' },
    user: { type: 'string' },
    password: { type: 'string' },
    database: { type: 'string' },
    'tls-key': { type: 'string' },
    'tls-cert': { type: 'string' },
  },
});

function required(name: 'data-dir' | 'port' | 'user' | 'password' | 'database'): string {
  const value = values[name];
  if (value === undefined) throw new Error(`--${name} is missing`);
  return value;
}

const { 'tls-key': keyFile, 'tls-cert': certFile } = values;
const engine = openEngine(required('data-dir'));
engine.createDatabase(required('database'));
const server = createClickHouseServer({
  engine,
  credentials: { user: required('user'), password: required('password') },
  tls:
    keyFile !== undefined && certFile !== undefined
      ? { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') }
      : null,
  onFailure: (statement, error) => print(`${String(error)} in: ${statement}`),
});
server.listen(Number(required('port')), values.host);
await once(server, 'listening');
print(`chDB ${engine.version} answers at port ${required('port')}`);

process.once('SIGTERM', () => {
  // Clients that ask several times a second would keep their connections, and with them the server.
  server.prependListener('request', (_request, response) => {
    response.setHeader('connection', 'close');
  });
  server.closeIdleConnections();
  server.close(() => {
    void engine.close().then(() => process.exit(0));
  });
});

function print(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
}
