/** A real Prometheus on a free port, with a folder of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { stringify } from 'yaml';
import { freePort } from '../../kafka-broker/free-port.ts';

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

export interface PromSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusProcess {
  readonly url: string;
  targets(): Promise<readonly Target[]>;
  /** An instant query. @throws Error with Prometheus' words when it is wrong */
  query(expression: string): Promise<readonly PromSample[]>;
  /** The names of alerts that fire now. */
  firingAlerts(): Promise<readonly string[]>;
  get<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

export interface PrometheusOptions {
  /** Of Prometheus and promtool; empty: they are on the path. */
  readonly folder: string;
  /** The content of prometheus.yml, but for the rules. */
  readonly config: object;
  /** The content of a rule file; default: none. */
  readonly rules?: object | undefined;
}

/** Such as `promtool check rules …`. @returns what it said and whether it was content */
export function promtool(folder: string, args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(join(folder, 'promtool'), args, {
    encoding: 'utf8',
    input,
  });
  return { isFine: status === 0, said: `${stdout}${stderr}`.trim() };
}

export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-prometheus-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await writeFile(join(folder, 'rules.yml'), stringify(options.rules ?? { groups: [] }));
  const config = { ...options.config, rule_files: ['rules.yml'] };
  await writeFile(join(folder, 'prometheus.yml'), stringify(config));
  const child = spawn(
    options.folder === '' ? 'prometheus' : join(options.folder, 'prometheus'),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--enable-feature=exemplar-storage',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}${path}`);
    const body = (await response.json()) as { status: string; data: T; error?: string };
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`);
    return body.data;
  };
  const query = async (expression: string) => {
    const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
    const { result } = await get<{
      result: { metric: PromSample['metric']; value: [number, string] }[];
    }>(path);
    return result.map(({ metric, value: [, value] }) => ({ metric, value: Number(value) }));
  };
  try {
    await until('Prometheus to be ready', async () => (await fetch(`${url}/-/ready`)).ok);
  } catch (error) {
    await stop(child, folder);
    throw error;
  }
  return {
    url,
    get,
    query,
    targets: async () => (await get<{ activeTargets: Target[] }>('/api/v1/targets')).activeTargets,
    async firingAlerts() {
      const found = await query('count by (alertname) (ALERTS{alertstate="firing"})');
      return found.map(({ metric }) => metric.alertname ?? '');
    },
    close: () => stop(child, folder),
  };
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
}
