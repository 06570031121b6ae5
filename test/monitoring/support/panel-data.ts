/** Runs the queries of a dashboard's panel as Grafana and its plugins do, with their variables and macros filled in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../../support/service-process.ts';
import type { PrometheusProcess } from './prometheus-process.ts';

export interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets: readonly Target[];
}

export interface Target {
  readonly refId: string;
  readonly datasource: { readonly uid: string };
  /** Of Prometheus. */
  readonly expr?: string;
  /** Of ClickHouse. */
  readonly rawSql?: string;
  /** Of the query API, as the next two. */
  readonly url?: string;
  readonly root_selector?: string;
  readonly columns?: readonly { readonly selector: string }[];
}

export interface DataSources {
  readonly prometheus: Pick<PrometheusProcess, 'get'>;
  readonly clickhouseUrl: string;
  readonly queryApiUrl: string;
  readonly token: string;
  readonly botId: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const FOLDER = join(CHECKOUT, 'deploy', 'grafana', 'dashboards');
/** As Grafana computes it from the scrape interval of one second. */
const RATE_INTERVAL = '15s';

export function panelsOf(file: string): readonly Panel[] {
  return (JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { panels: Panel[] }).panels;
}

/** @returns how many values it finds; a column or label that is not there counts as none */
export async function valuesFound(target: Target, sources: DataSources): Promise<number> {
  if (target.expr !== undefined) return promValues(target.expr, sources);
  if (target.rawSql !== undefined) return storedRows(target.rawSql, sources);
  return apiValues(target, sources);
}

async function promValues(expr: string, sources: DataSources): Promise<number> {
  const { prometheus, botId, fromMs, toMs } = sources;
  const query = expr
    .replaceAll('$__rate_interval', RATE_INTERVAL)
    .replaceAll('$__range', `${Math.ceil((toMs - fromMs) / 1_000)}s`)
    .replaceAll('$bot', botId);
  const step = Math.ceil((toMs - fromMs) / 1_000 / 500);
  const params = new URLSearchParams({
    query,
    start: String(fromMs / 1_000),
    end: String(toMs / 1_000),
    step: String(step),
  });
  const { result } = await prometheus.get<{ result: { values: [number, string][] }[] }>(
    `/api/v1/query_range?${params}`,
  );
  return result.flatMap(({ values }) => values).filter(([, value]) => value !== 'NaN').length;
}

async function storedRows(rawSql: string, sources: DataSources): Promise<number> {
  const { clickhouseUrl, botId, fromMs, toMs } = sources;
  const moment = (ms: number) => `toDateTime64(${ms / 1_000}, 3)`;
  const query = rawSql
    .replaceAll(
      /\$__timeFilter\((\w+)\)/g,
      (_all, column) => `${column} >= ${moment(fromMs)} AND ${column} <= ${moment(toMs)}`,
    )
    .replaceAll(
      /\$__timeInterval\((\w+)\)/g,
      'toStartOfInterval(toDateTime($1), INTERVAL 60 second)',
    )
    .replaceAll('$bot', botId);
  const url = new URL(clickhouseUrl);
  const authorization = `Basic ${btoa(`${url.username || 'default'}:${url.password}`)}`;
  const database = url.pathname.slice(1) || 'default';
  const response = await fetch(`${url.origin}/?database=${database}`, {
    method: 'POST',
    headers: { authorization },
    body: `${query} FORMAT JSONEachRow`,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${query}: ${text}`);
  return text.split('\n').filter((line) => line !== '').length;
}

async function apiValues({ url, root_selector = '', columns = [] }: Target, sources: DataSources) {
  const path = (url ?? '').replaceAll('$bot', sources.botId);
  const response = await fetch(`${sources.queryApiUrl}${path}`, {
    headers: { authorization: `Bearer ${sources.token}` },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  const found = at(await response.json(), root_selector);
  const rows = Array.isArray(found) ? found : [found];
  for (const { selector } of columns) {
    if (rows.length > 0 && !rows.some((row) => at(row, selector) !== undefined)) {
      throw new Error(`${path} has no ${root_selector}.${selector}`);
    }
  }
  return rows.length;
}

function at(value: unknown, path: string): unknown {
  const names = path === '' ? [] : path.split('.');
  return names.reduce<unknown>(
    (within, name) =>
      typeof within === 'object' && within !== null
        ? (within as Record<string, unknown>)[name]
        : undefined,
    value,
  );
}
