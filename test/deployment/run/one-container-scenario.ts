/** The image without an argument: all of Hookpulse in one container, on the embedded engines in a volume. */
import { until } from '@hookpulse/common/testing/until';
import { freePort } from '../../kafka-broker/free-port.ts';
import { HookpulseClient } from '../../support/hookpulse-client.ts';
import type { DockerEngine } from './docker-engine.ts';
import { WHOLE_IMAGE } from './project-images.ts';
import type { Report } from './report.ts';

const BOT_ID = 'first-bot';
/** Supervisors wait so long between SIGTERM and SIGKILL. */
const GRACE_SECONDS = 10;
const PATIENCE_MS = 120_000;
/** As tight as the second start is, to show that nothing needs more. */
const CONTAINED = [
  ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges', '--memory', '2g', '--pids-limit', '256'],
];

export async function runOneContainerScenario(engine: DockerEngine, report: Report): Promise<void> {
  const { docker } = engine;
  const name = `hookpulse-one-${process.pid}`;
  const ports = { ingest: await freePort(), queryApi: await freePort() };
  const start = (...more: readonly string[]) =>
    docker(
      ...['run', '--detach', '--name', name, '--volume', `${name}:/data`],
      ...['--publish', `127.0.0.1:${ports.ingest}:8080`],
      ...['--publish', `127.0.0.1:${ports.queryApi}:8081`],
      ...more,
      WHOLE_IMAGE,
    );
  const urls = {
    ingest: `http://127.0.0.1:${ports.ingest}`,
    queryApi: `http://127.0.0.1:${ports.queryApi}`,
  };
  const open = new HookpulseClient(urls, '');
  let client = open;
  let token = '';
  try {
    await report.step('docker run: the first health answer', async () => {
      await start();
      // Health is public, so no token is needed yet.
      await until('a health answer', () => isAnswering(urls.queryApi), PATIENCE_MS);
      return undefined;
    });
    await report.step(
      'it made an admin token, printed it, and kept it for its user alone',
      async () => {
        const file = '/data/admin-token';
        token = await docker('exec', name, 'cat', file);
        const mode = await docker('exec', name, 'stat', '-c', '%a %u', file);
        if (mode !== '600 1000') throw new Error(`${file} has mode and owner ${mode}`);
        const printed = await docker('logs', name);
        if (!printed.includes(`ADMIN_TOKEN=${token}`)) throw new Error('the log does not have it');
        client = new HookpulseClient(urls, token);
        return undefined;
      },
    );
    let secret = '';
    await report.step('a bot is registered, and an update of it is in its health', async () => {
      ({ secret } = await client.registerBot(BOT_ID));
      await deliver(client, secret, 1);
      await untilReceived(client, 1);
      return undefined;
    });
    await report.step('docker exec … hookpulse finds its token and its way', async () => {
      const list = await docker('exec', name, 'hookpulse', 'bot', 'list');
      if (!list.includes(BOT_ID)) throw new Error(list);
      return undefined;
    });
    await report.step('its health check says so', async () => {
      const template = '{{.State.Health.Status}}';
      await until(
        'the state healthy',
        async () => (await docker('inspect', '--format', template, name)) === 'healthy',
        PATIENCE_MS,
      );
      return undefined;
    });
    await report.step(`it stops by SIGTERM within ${GRACE_SECONDS} s, with 0`, () =>
      stopAndRemove(engine, name),
    );
    await report.step(
      'it starts again with the volume, on a read-only root without rights',
      async () => {
        await start(...CONTAINED);
        await untilReceived(client, 1);
        await deliver(client, secret, 2);
        await untilReceived(client, 2);
        return undefined;
      },
    );
    await report.step('killed and started, it has lost nothing', async () => {
      await docker('kill', name);
      await docker('start', name);
      await untilReceived(client, 2);
      return undefined;
    });
    await report.step('it stops again, with 0', () => stopAndRemove(engine, name));
  } finally {
    await docker('rm', '--force', '--volumes', name).catch(() => undefined);
    await docker('volume', 'rm', '--force', name).catch(() => undefined);
  }
}

async function stopAndRemove({ docker }: DockerEngine, name: string): Promise<undefined> {
  await docker('stop', '--time', `${GRACE_SECONDS}`, name);
  const code = await docker('inspect', '--format', '{{.State.ExitCode}}', name);
  if (code !== '0')
    throw new Error(`it ended with ${code}: ${await docker('logs', '--tail', '20', name)}`);
  await docker('rm', name);
}

async function isAnswering(url: string): Promise<boolean> {
  const { ok } = await fetch(`${url}/api/health/webhook/`);
  return ok;
}

async function deliver(client: HookpulseClient, secret: string, updateId: number): Promise<void> {
  await until(
    'ingest to take an update',
    async () => (await client.deliver(BOT_ID, secret, { update_id: updateId })).status === 200,
    PATIENCE_MS,
  );
}

async function untilReceived(client: HookpulseClient, count: number): Promise<void> {
  await until(
    `${count} updates in the health answer`,
    async () => (await client.botHealth(BOT_ID)).last_15_minutes.requests_received === count,
    PATIENCE_MS,
  );
}
