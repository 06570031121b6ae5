/**
 * docker-compose.yml, brought up, used, broken in turn under traffic of known truth, stopped and brought up
 * again. The reckoning is that of the chaos runs: raw events, hours, health answers and passed-on updates.
 */
import { until } from '@hookpulse/common/testing/until';
import { SERVICES, type ServiceName } from '../compose.ts';
import type { ComposeProject, Engine } from './compose-project.ts';
import { assertContained, assertPublished } from './containment.ts';
import type { DockerEngine } from './docker-engine.ts';
import { alertMails } from './mails.ts';
import type { Report } from './report.ts';
import { StackTraffic } from './stack-traffic.ts';

/** Set for the run. */
export const SCENARIO_ENV = {
  ADMIN_EMAIL: 'ops@example.com',
  // Bots here report when they like: time-outs would be true, and would depend on the machine.
  WEBHOOK_PROCESSING_TIMEOUT: '86400',
} as const;

const PATIENCE_MS = 300_000;
const ENGINES: readonly Engine[] = ['kafka', 'clickhouse', 'mailpit'];
/** Between two faults, so that each hits a system at work. */
const EVENTS_BETWEEN_FAULTS = 200;

export async function runComposeScenario(
  engine: DockerEngine,
  project: ComposeProject,
  report: Report,
): Promise<void> {
  await report.step('docker compose up --wait: everything is healthy', async () => {
    await project.up();
    const ids = await project.containers();
    if (ids.length !== SERVICES.length + ENGINES.length)
      throw new Error(`${ids.length} containers`);
    return `${ids.length} containers`;
  });
  for (const name of [...SERVICES, ...ENGINES]) {
    await report.step(`${name} is contained`, async () => {
      await assertContained(
        project,
        await project.container(name),
        SERVICES.some((one) => one === name),
      );
      return undefined;
    });
  }
  await report.step('no port is published but those of the list, all on loopback', async () =>
    assertPublished(engine, project),
  );

  const traffic = await StackTraffic.create(project);
  try {
    await report.step('an update is in the health answer', () => traffic.assertOneUpdateCounted());
    await report.step('an alert is mailed', () => alertMails(project, traffic.client));
    traffic.start();
    await breakInTurn(engine, project, report, traffic);
    await report.step('all traffic was acknowledged in the end', () => traffic.stop());
    await report.step('nothing lost, nothing doubled', () => traffic.reckon());
    await report.step('everything stops in order, in time', () => stopInOrder(project));
    await report.step('it comes up again with its volumes', async () => {
      await project.up('--scale', 'aggregator=1');
      return undefined;
    });
    await report.step('still nothing lost, nothing doubled', () => traffic.reckon());
    await report.step('another update is counted', () => traffic.assertOneUpdateCounted());
  } finally {
    await traffic.close();
  }
}

async function breakInTurn(
  { docker }: DockerEngine,
  project: ComposeProject,
  report: Report,
  traffic: StackTraffic,
): Promise<void> {
  const fault = (what: string, cause: () => Promise<string | undefined>) =>
    report.step(what, async () => {
      const figure = await cause();
      await traffic.moves(EVENTS_BETWEEN_FAULTS);
      return figure;
    });
  for (const count of [3, 1]) {
    await fault(`under traffic, --scale aggregator=${count}`, async () => {
      await project.up('--no-recreate', '--scale', `aggregator=${count}`);
      const found = (await project.containers('aggregator')).length;
      if (found !== count) throw new Error(`${found} aggregators`);
      return undefined;
    });
  }
  for (const name of SERVICES) {
    await fault(`${name} is killed, and comes back by itself`, async () => {
      const id = await project.container(name);
      await killInside(project, id);
      return undefined;
    });
  }
  await fault('kafka is killed, and started', async () => {
    await docker('kill', await project.container('kafka'));
    await docker('start', await project.container('kafka'));
    await allReady(project);
    return undefined;
  });
  await fault('clickhouse is restarted', async () => {
    await docker('restart', await project.container('clickhouse'));
    await allReady(project);
    return undefined;
  });
  for (const name of ['aggregator', 'ingest'] as const) {
    await fault(`${name} is cut off from the network, and healed`, async () => {
      const id = await project.container(name);
      const network = `${project.name}_default`;
      await docker('network', 'disconnect', network, id);
      await until(
        `${name} to see that it is cut off`,
        async () => !(await project.isReady(id)),
        PATIENCE_MS,
      );
      await docker('network', 'connect', '--alias', name, network, id);
      await project.untilReady(id);
      return undefined;
    });
  }
}

/** All that runs in it, as its own user can; what starts it, process 1, then ends as well. */
async function killInside(project: ComposeProject, id: string): Promise<void> {
  const restarts = async () => Number(await project.inspect(id, '{{.RestartCount}}'));
  const before = await restarts();
  await project.exec(id, 'sh', '-c', 'kill -9 -1').catch(() => undefined);
  await until('the restart', async () => (await restarts()) > before, PATIENCE_MS);
  await project.untilReady(id);
}

async function allReady(project: ComposeProject): Promise<void> {
  for (const name of SERVICES) await project.untilReady(await project.container(name));
}

/** Services first, each by SIGTERM within its time; then the engines. */
async function stopInOrder(project: ComposeProject): Promise<string> {
  const ids = new Map<ServiceName, string>();
  for (const name of SERVICES) ids.set(name, await project.container(name));
  await project.compose('stop', ...SERVICES);
  for (const [name, id] of ids) {
    const code = await project.inspect(id, '{{.State.ExitCode}}');
    // 137 is a kill: it did not end in its grace period.
    if (code !== '0') throw new Error(`${name} ended with ${code}`);
  }
  await project.compose('stop');
  for (const name of ENGINES) {
    const code = await project.inspect(await project.container(name), '{{.State.ExitCode}}');
    if (code === '137') throw new Error(`${name} did not end in its grace period`);
  }
  return 'exit code 0 of every service';
}
