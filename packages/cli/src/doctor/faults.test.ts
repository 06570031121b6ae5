/** Faults that people have, one by one: the doctor names each, and says what to do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkValues } from '@hookpulse/service-kit/config/check-values';
import type { Config } from '@hookpulse/service-kit/config/config';
import { groupValues } from '@hookpulse/service-kit/config/group-values';
import { readValues } from '@hookpulse/service-kit/config/read-values';
import { summarize } from '@hookpulse/service-kit/config/summarize';
import { unknownVariables } from '@hookpulse/service-kit/config/unknown-variables';
import { VARIABLE_NAMES } from '@hookpulse/service-kit/config/variables';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { freePort } from '../../../../test/kafka-broker/free-port.ts';
import { startTestSmtpServer } from '../../../../test/support/smtp-server.ts';
import { createTestAuthority } from '../../../../test/support/test-certificates.ts';
import type { Settings } from '../settings.ts';
import type { Check } from './check.ts';
import { clockDifference } from './clock-check.ts';
import { checkDataFolder } from './data-folder-check.ts';
import { diagnose, isHealthy } from './diagnosis.ts';
import { checkTopic } from './log-checks.ts';
import { configurationChecks } from './show-diagnosis.ts';

let folder: string;
const opened: { close(): unknown }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-doctor-'));
});
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
  await rm(folder, { recursive: true });
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  opened.push({ close: () => new Promise((resolve) => server.close(resolve)) });
  // A server that listens on a port has an address of this form.
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listening(createServer(listener));

/** A service that is well, unless it is told otherwise by path. */
function service(answers: Readonly<Record<string, RequestListener>> = {}): Promise<number> {
  return serve((request, response) => {
    const path = request.url?.split('?')[0] ?? '';
    const own = answers[path];
    response.setHeader('connection', 'close');
    if (own) return own(request, response);
    response.setHeader('content-type', 'application/json');
    const notifications = { channel: 'mail', receivers: 1, bots_without_receivers: 0 };
    const body = path === '/api/notifications' ? notifications : { status: 'ok' };
    response.end(path === '/metrics' ? '' : JSON.stringify(body));
  });
}

type Environment = Readonly<Record<string, string>>;

async function settingsOf(changes: Environment): Promise<Settings> {
  const port = String(await service());
  const env = {
    DATA_DIR: folder,
    INGEST_PORT: port,
    QUERY_API_PORT: port,
    AGGREGATOR_PORT: port,
    ALERTER_PORT: port,
    FORWARDER_PORT: port,
    ...changes,
  };
  const { values, problems } = readValues(env);
  const shown = summarize(values);
  return {
    config: groupValues(values),
    shown: VARIABLE_NAMES.map((name) => ({ name, value: shown[name], source: 'default' })),
    problems: [...problems, ...checkValues(values)],
    warnings: unknownVariables(env),
  };
}

async function findings(changes: Environment): Promise<readonly Check[]> {
  const settings = await settingsOf(changes);
  const { queryApi } = settings.config.http.ports;
  const api = { origin: `http://127.0.0.1:${queryApi}`, token: null };
  const diagnosis = await diagnose(settings, api);
  const all = [...configurationChecks(diagnosis), ...diagnosis.checks];
  const found = all.filter(({ state }) => state === 'problem' || state === 'warning');
  expect(isHealthy(diagnosis)).toBe(found.every(({ state }) => state !== 'problem'));
  return found;
}

test('where all is well it finds nothing', async () => {
  expect(await findings({})).toEqual([]);
});

interface Fault {
  readonly fault: string;
  /** Provokes it; what has to be set for it. */
  readonly provoke: () => Promise<Environment> | Environment;
  readonly state: Check['state'];
  readonly name: string;
  readonly detail: RegExp;
  readonly remedy: RegExp;
}

const notReady: RequestListener = (_request, response) => {
  response.statusCode = 503;
  const details = [{ field: 'store', message: 'does not answer since 12:00' }];
  response.end(JSON.stringify({ status: 'error', error: 'Not ready: store.', details }));
};

const FAULTS: readonly Fault[] = [
  {
    fault: 'a value that is none',
    provoke: () => ({ WEBHOOK_ERROR_RATE_THRESHOLD: 'ten' }),
    state: 'problem',
    name: 'configuration',
    detail: /WEBHOOK_ERROR_RATE_THRESHOLD must be/,
    remedy: /configuration\.md/,
  },
  {
    fault: 'a variable that does not exist',
    provoke: () => ({ SMTP_ULR: 'smtp://mail' }),
    state: 'warning',
    name: 'configuration',
    detail: /"SMTP_ULR". Did you mean "SMTP_URL"/,
    remedy: /Correct the name/,
  },
  {
    fault: 'a service that does not run',
    provoke: async () => ({ AGGREGATOR_PORT: String(await freePort()) }),
    state: 'problem',
    name: 'aggregator',
    detail: /does not answer; is it running\?/,
    remedy: /npm run start:aggregator/,
  },
  {
    fault: 'another program on the port of a service',
    provoke: async () => ({
      INGEST_PORT: String(
        await service({ '/readyz': (_request, response) => response.end('<h1>It works!</h1>') }),
      ),
    }),
    state: 'problem',
    name: 'ingest',
    detail: /another program answers/,
    remedy: /INGEST_PORT/,
  },
  {
    fault: 'a service that is not ready',
    provoke: async () => ({ ALERTER_PORT: String(await service({ '/readyz': notReady })) }),
    state: 'problem',
    name: 'alerter',
    detail: /store does not answer since/,
    remedy: /engine that it names/,
  },
  {
    fault: 'a service that does not keep up',
    provoke: async () => ({
      AGGREGATOR_PORT: String(
        await service({
          '/metrics': (_request, response) =>
            response.end(
              'hookpulse_consumer_lag_messages{group="g",topic="t",partition="0"} 70000\nhookpulse_consumer_lag_messages{group="g",topic="t",partition="1"} 5\n',
            ),
        }),
      ),
    }),
    state: 'warning',
    name: "aggregator's lag",
    detail: /70005 messages/,
    remedy: /another aggregator/,
  },
  {
    fault: 'a clock that is wrong',
    provoke: async () => ({
      QUERY_API_PORT: String(
        await service({
          '/livez': (_request, response) => {
            response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString());
            response.end('{}');
          },
        }),
      ),
    }),
    state: 'problem',
    name: 'clock',
    detail: /ahead of this machine's/,
    remedy: /NTP/,
  },
  {
    fault: 'a data folder that is a file',
    provoke: async () => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      return { DATA_DIR: file };
    },
    state: 'problem',
    name: 'data folder',
    detail: /is no folder/,
    remedy: /Set DATA_DIR/,
  },
  {
    fault: 'Kafka that is away',
    provoke: async () => ({ KAFKA_BROKERS: `127.0.0.1:${await freePort()}` }),
    state: 'problem',
    name: 'log',
    detail: /./,
    remedy: /KAFKA_BROKERS/,
  },
  {
    fault: 'ClickHouse that is away',
    provoke: async () => ({ CLICKHOUSE_URL: `http://127.0.0.1:${await freePort()}/hookpulse` }),
    state: 'problem',
    name: 'store',
    detail: /./,
    remedy: /CLICKHOUSE_URL/,
  },
  {
    fault: 'a mail server that refuses the password',
    provoke: async () => {
      const server = await startTestSmtpServer({ login: { user: 'ops', password: 'right' } });
      opened.push(server);
      const url = server.url.replace(/:\/\/.*@/, '://ops:wrong@');
      return { SMTP_URL: `${url}?requireTLS=false` };
    },
    state: 'problem',
    name: 'mail',
    detail: /535/,
    remedy: /SMTP_URL/,
  },
  {
    fault: 'alerts that are switched off',
    provoke: () => ({ WEBHOOK_ALERTS_ENABLED: 'false' }),
    state: 'warning',
    name: 'receivers',
    detail: /switched off/,
    remedy: /WEBHOOK_ALERTS_ENABLED/,
  },
  {
    fault: 'alerts that reach nobody',
    provoke: async () => ({
      QUERY_API_PORT: String(
        await service({
          '/api/notifications': (_request, response) =>
            response.end('{"channel":"file","receivers":0,"bots_without_receivers":3}'),
        }),
      ),
    }),
    state: 'warning',
    name: 'receivers',
    detail: /3 bots reach nobody/,
    remedy: /ADMIN_EMAIL/,
  },
  {
    fault: 'a receiver in a private network',
    provoke: () => ({ ADMIN_EMAIL: 'alertmanager+http://127.0.0.1:9093' }),
    state: 'problem',
    name: 'receiver alertmanager+http://127.0.0.1:9093',
    detail: /private network/,
    remedy: /Add 127\.0\.0\.1 to ALERT_ALLOWED_HOSTS/,
  },
  {
    fault: 'a receiver whose server is away',
    provoke: async () => ({
      ADMIN_EMAIL: `alertmanager+http://127.0.0.1:${await freePort()}`,
      ALERT_ALLOWED_HOSTS: '127.0.0.1',
    }),
    state: 'problem',
    name: 'receiver alertmanager+http://',
    detail: /ECONNREFUSED/,
    remedy: /firewall/,
  },
  {
    fault: 'a chat to which no bot can send',
    provoke: () => ({ ADMIN_EMAIL: 'telegram://-100123' }),
    state: 'problem',
    name: 'receiver telegram://-100123',
    detail: /no bot sends it/,
    remedy: /ALERT_BOT_TOKEN/,
  },
  {
    fault: 'Telegram that is not reached',
    provoke: async () => ({
      TELEGRAM_API_URL: `http://127.0.0.1:${await freePort()}`,
      INGEST_URL: `http://127.0.0.1:${await freePort()}`,
    }),
    state: 'problem',
    name: 'Telegram',
    detail: /cannot be reached: connection refused/,
    remedy: /TELEGRAM_API_URL/,
  },
  {
    fault: 'a revoked bot token',
    provoke: async () => ({
      ALERT_BOT_TOKEN: `1:${'x'.repeat(35)}`,
      TELEGRAM_API_URL: `http://127.0.0.1:${await serve((_request, response) => {
        response.setHeader('connection', 'close');
        response.end('{"ok":false,"error_code":401,"description":"Unauthorized"}');
      })}`,
    }),
    state: 'problem',
    name: 'ALERT_BOT_TOKEN',
    detail: /401 "Unauthorized"/,
    remedy: /BotFather/,
  },
  {
    fault: 'a certificate of an unknown authority',
    provoke: async () => {
      const authority = await createTestAuthority();
      const certificate = await authority.issue('localhost');
      const server = createTlsServer(certificate);
      return {
        INGEST_URL: `https://127.0.0.1:${await listening(server)}`,
        TELEGRAM_API_URL: `http://127.0.0.1:${await service()}`,
      };
    },
    state: 'problem',
    name: 'INGEST_URL',
    detail: /certificate that Telegram refuses \(\w+\)/,
    remedy: /certbot/,
  },
  {
    fault: 'a port to which Telegram does not connect',
    provoke: () => ({ INGEST_URL: 'https://hooks.example.com:9443' }),
    state: 'problem',
    name: 'INGEST_URL',
    detail: /port 9443/,
    remedy: /443, 80, 88 or 8443/,
  },
];

test.each(FAULTS)('$fault', async ({ provoke, state, name, detail, remedy }) => {
  const found = await findings(await provoke());
  const finding = found.find((one) => one.name.startsWith(name) && detail.test(one.detail));
  expect(found.every((one) => one.remedy !== undefined)).toBe(true);
  expect({ found, finding }).toMatchObject({
    finding: { state, remedy: expect.stringMatching(remedy) },
  });
});

test('a full disk', async () => {
  const { config } = await settingsOf({});
  const full = async () => ({ bavail: 10, bsize: 4_096 });
  const check = await checkDataFolder(config satisfies Config, full);
  expect(check).toMatchObject({ state: 'problem', remedy: expect.stringMatching(/Free space/) });
});

test('a topic that is missing, and one that takes too little', () => {
  const spec = { name: 'telegram.updates', partitions: 12, compacted: false };
  expect(checkTopic(spec, [])).toMatchObject({
    state: 'problem',
    detail: expect.stringContaining('is missing'),
    remedy: expect.stringContaining('Restart'),
  });
  const layout = {
    topic: spec.name,
    ...{ partitions: 12, replicas: 3, inSyncReplicas: 3, maxMessageBytes: 1_000 },
  };
  expect(checkTopic(spec, [layout])).toMatchObject({
    state: 'problem',
    remedy: expect.stringContaining('max.message.bytes'),
  });
});

test('clocks agree within whole seconds', () => {
  const at = (ms: number) => clockDifference('clock', new Date(ms).toUTCString(), 60_000, 60_200);
  expect(at(59_000).state).toBe('ok');
  expect(at(62_000).state).toBe('ok');
  expect(at(80_000)).toMatchObject({ state: 'warning' });
  expect(at(40_000)).toMatchObject({ state: 'warning' });
  expect(clockDifference('clock', null, 0, 0).state).toBe('skipped');
});
