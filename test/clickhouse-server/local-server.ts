/**
 * A ClickHouse-compatible server on the local machine, without Docker: chDB behind ClickHouse's HTTP
 * interface, in a process of its own that goes with the process that started it.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EngineProcess, startEngine } from '../engine-process/engine-process.ts';
import { freePort, LOOPBACK } from '../kafka-broker/free-port.ts';
import { isClickHouseAnswering } from './probe.ts';

/** `close` deletes the data unless `keptFolder` was given. */
export interface LocalClickHouse extends EngineProcess {
  /** `http://user:password@host:port/database`: what `CLICKHOUSE_URL` takes. */
  readonly url: string;
}

export interface LocalClickHouseOptions {
  /** The address that it listens on. Default: the loopback address. */
  readonly host?: string;
  /** Where it listens. Default: any free port. */
  readonly port?: number;
  readonly user?: string;
  readonly password?: string;
  /** Created when missing. */
  readonly database?: string;
  /** PEM texts: speaks TLS, and the URL is of https. The certificate is to name 127.0.0.1. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Holds its data, which stay there for the next start. Default: a temporary one. */
  readonly keptFolder?: string;
  /** Where it writes that it answers, and which queries failed. Default: in its folder. */
  readonly logPath?: string;
}

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
/** User, password and database, as in `docker-compose.yml`. */
const DEFAULT_NAME = 'hookpulse';

/** Resolves when it answers. @throws an error with the end of what it printed */
export async function startLocalClickHouse(
  options: LocalClickHouseOptions = {},
): Promise<LocalClickHouse> {
  const { keptFolder } = options;
  if (keptFolder !== undefined) {
    await mkdir(keptFolder, { recursive: true });
    return startIn(keptFolder, options);
  }
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-clickhouse-'));
  try {
    return await startIn(folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string, options: LocalClickHouseOptions): Promise<LocalClickHouse> {
  const port = options.port ?? (await freePort());
  const {
    host = LOOPBACK,
    user = DEFAULT_NAME,
    password = DEFAULT_NAME,
    database = DEFAULT_NAME,
    keptFolder,
    tls,
  } = options;
  const origin = `${tls ? 'https' : 'http'}://${host}:${port}`;
  const engine = await startEngine({
    name: 'The ClickHouse endpoint',
    command: [
      process.execPath,
      ...['--disable-warning=ExperimentalWarning', MAIN],
      ...['--data-dir', join(folder, 'data'), '--host', host, '--port', `${port}`],
      ...['--user', user, '--password', password, '--database', database],
      ...(tls ? await writeTlsFiles(folder, tls) : []),
    ],
    folder,
    fate: keptFolder === undefined ? 'deleted' : 'kept',
    logPath: options.logPath ?? join(folder, 'server.log'),
    isAnswering: () => isClickHouseAnswering(origin),
  });
  const url = new URL(`/${encodeURIComponent(database)}`, origin);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return { url: url.href, ...engine };
}

async function writeTlsFiles(
  folder: string,
  { key, cert }: NonNullable<LocalClickHouseOptions['tls']>,
): Promise<string[]> {
  const files = { key: join(folder, 'server.key'), cert: join(folder, 'server.crt') };
  await writeFile(files.key, key, { mode: 0o600 });
  await writeFile(files.cert, cert);
  return ['--tls-key', files.key, '--tls-cert', files.cert];
}
